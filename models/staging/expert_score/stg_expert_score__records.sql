{#- field, type: as in ingest/layouts/expert_score/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('expert_score', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('stage', 'text'),
        ('expert_name', 'text'),
        ('score', 'score'),
        ('opinion', 'text'),
        ('scored_date', 'date')
    ], key=['project_code', 'project_name', 'expert_name', 'stage']) }}
)

select * from records
