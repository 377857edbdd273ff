with live as (
    {{ live_records('finding_explanation', [
        ('finding_key', 'code'),
        ('explanation', 'text'),
        ('explained_by', 'text'),
        ('explained_date', 'date')
    ], has_subject_bureau=false) }}
)

select * from live
