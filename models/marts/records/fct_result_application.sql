with live as (
    {{ live_records('result_application', [
        ('budget_year', 'year'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('basis', 'text'),
        ('evaluated_year', 'year'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('action', 'text'),
        ('budget', 'money'),
        ('cut', 'money'),
        ('recovered', 'money'),
        ('applied_date', 'date')
    ], has_subject_bureau=true) }}
)

select * from live
