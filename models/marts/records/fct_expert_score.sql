with live as (
    {{ live_records('expert_score', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('stage', 'text'),
        ('expert_name', 'text'),
        ('score', 'score'),
        ('opinion', 'text'),
        ('scored_date', 'date')
    ], has_subject_bureau=false) }}
)

select * from live
