{#- field, type: as in ingest/layouts/training/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('training', [
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('training_name', 'text'),
        ('held_date', 'date'),
        ('session_count', 'count'),
        ('person_times', 'count')
    ], key=['training_name', 'held_date', 'subject_bureau_name']) }}
)

select * from records
