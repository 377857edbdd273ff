with live as (
    {{ live_records('work_task', [
        ('task_no', 'code'),
        ('task_name', 'text'),
        ('parent_task_no', 'code'),
        ('task_type', 'word'),
        ('aspect', 'text'),
        ('owner', 'text'),
        ('due_date', 'date'),
        ('done_date', 'date'),
        ('score', 'score'),
        ('evidence', 'text')
    ], has_subject_bureau=true) }}
)

select * from live
