with live as (
    {{ live_records('policy_review', [
        ('policy_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('policy_field', 'text'),
        ('amount', 'money'),
        ('self_check_date', 'date'),
        ('division_review_date', 'date'),
        ('supervision_date', 'date'),
        ('conclusion', 'text'),
        ('action', 'word')
    ], has_subject_bureau=false) }}
)

select * from live
