{#- field, type: as in ingest/layouts/agency/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('agency', [
        ('agency_code', 'code'),
        ('agency_name', 'text'),
        ('joined_date', 'date'),
        ('task_count', 'count'),
        ('quality_score', 'score'),
        ('timeliness_score', 'score'),
        ('integrity_score', 'score'),
        ('is_disclosed', 'boolean')
    ], key=['agency_code', 'agency_name']) }}
)

select * from records
