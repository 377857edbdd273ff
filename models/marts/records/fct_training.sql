with live as (
    {{ live_records('training', [
        ('training_name', 'text'),
        ('held_date', 'date'),
        ('session_count', 'count'),
        ('person_times', 'count')
    ], has_subject_bureau=true) }}
)

select * from live
