with live as (
    {{ live_records('report_register', [
        ('report_name', 'text'),
        ('report_type', 'word'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('issue_date', 'date'),
        ('recipient', 'text'),
        ('is_instructed', 'boolean'),
        ('is_adopted', 'boolean')
    ], has_subject_bureau=true) }}
)

select * from live
