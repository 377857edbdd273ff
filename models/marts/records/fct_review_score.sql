with live as (
    {{ live_records('review_score', [
        ('stage', 'word'),
        ('object_type', 'word'),
        ('object_code', 'code'),
        ('object_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('aspect', 'text'),
        ('item', 'text'),
        ('full_score', 'score'),
        ('score', 'score'),
        ('deduct_reason', 'text'),
        ('reviewer', 'text'),
        ('is_third_party', 'boolean'),
        ('review_date', 'date')
    ], has_subject_bureau=true) }}
)

select * from live
