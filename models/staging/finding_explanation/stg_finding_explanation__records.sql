{#- field, type: as in ingest/layouts/finding_explanation/columns.csv, whose rest only repeats -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('finding_explanation', [
        ('finding_key', 'code'),
        ('explanation', 'text'),
        ('explained_by', 'text'),
        ('explained_date', 'date')
    ], key=['finding_key']) }}
)

select * from records
