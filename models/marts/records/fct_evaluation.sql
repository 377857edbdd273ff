with live as (
    {{ live_records('evaluation', [
        ('evaluated_year', 'year'),
        ('object_type', 'word'),
        ('object_code', 'code'),
        ('object_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('evaluation_type', 'word'),
        ('selection_method', 'word'),
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
