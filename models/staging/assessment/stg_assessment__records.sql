{#- field, type: as in ingest/layouts/assessment/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('assessment', [
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('object_type', 'word'),
        ('object_name', 'text'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('is_bulletined', 'boolean'),
        ('rectify_due_date', 'date')
    ], key=['object_type', 'object_name', 'unit_name', 'subject_bureau_name']) }}
)

select * from records
