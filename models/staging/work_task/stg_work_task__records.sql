{#- field, type: as in ingest/layouts/work_task/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('work_task', [
        ('task_no', 'code'),
        ('task_name', 'text'),
        ('parent_task_no', 'code'),
        ('task_type', 'word'),
        ('aspect', 'text'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('owner', 'text'),
        ('due_date', 'date'),
        ('done_date', 'date'),
        ('score', 'score'),
        ('evidence', 'text')
    ], key=['task_no', 'task_name', 'subject_bureau_code', 'subject_bureau_name']) }}
)

select * from records
