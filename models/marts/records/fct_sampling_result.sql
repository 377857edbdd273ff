with live as (
    {{ live_records('sampling_result', [
        ('evaluated_year', 'year'),
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('material_kind', 'word'),
        ('selection_method', 'word'),
        ('amount', 'money'),
        ('original_score', 'score'),
        ('recheck_score', 'score'),
        ('recheck_grade', 'grade'),
        ('problem', 'text'),
        ('returned_date', 'date'),
        ('due_date', 'date'),
        ('rectified_date', 'date')
    ], has_subject_bureau=true) }}
)

select * from live
