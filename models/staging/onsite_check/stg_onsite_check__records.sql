{#- field, type: as in ingest/layouts/onsite_check/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('onsite_check', [
        ('evaluated_year', 'year'),
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('amount', 'money'),
        ('reason', 'text'),
        ('due_date', 'date'),
        ('checked_date', 'date'),
        ('preliminary_finding', 'text'),
        ('exchange_date', 'date'),
        ('conclusion', 'text'),
        ('report_date', 'date')
    ], key=['project_code', 'project_name', 'unit_name']) }}
)

select * from records
