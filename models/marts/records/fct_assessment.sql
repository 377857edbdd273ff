with live as (
    {{ live_records('assessment', [
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('object_type', 'word'),
        ('object_name', 'text'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('is_bulletined', 'boolean'),
        ('rectify_due_date', 'date')
    ], has_subject_bureau=true) }}
)

select * from live
