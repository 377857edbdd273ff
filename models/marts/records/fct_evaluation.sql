with live as (
    {{ live_records('evaluation', [
        ('evaluated_year', 'year'),
        ('object_type', 'text'),
        ('object_code', 'code'),
        ('object_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('evaluation_type', 'text'),
        ('selection_method', 'text'),
        ('agency_name', 'text'),
        ('amount', 'money'),
        ('self_score', 'score'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('report_date', 'date'),
        ('report_name', 'text'),
        ('is_congress_reported', 'boolean')
    ], has_subject_bureau=true) }}
)

select * from live
