with live as (
    {{ live_records('policy_register', [
        ('document_name', 'text'),
        ('document_no', 'text'),
        ('document_type', 'word'),
        ('issued_by', 'text'),
        ('issue_date', 'date')
    ], has_subject_bureau=false) }}
)

select * from live
