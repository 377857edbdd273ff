with live as (
    {{ live_records('agency', [
        ('agency_code', 'code'),
        ('agency_name', 'text'),
        ('joined_date', 'date'),
        ('task_count', 'count'),
        ('quality_score', 'score'),
        ('timeliness_score', 'score'),
        ('integrity_score', 'score'),
        ('is_disclosed', 'boolean')
    ], has_subject_bureau=false) }}
)

select * from live
