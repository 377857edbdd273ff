{#- field, type: as in ingest/layouts/special_fund/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('special_fund', [
        ('fund_code', 'code'),
        ('fund_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('fund_type', 'fund_type'),
        ('amount', 'money'),
        ('is_transfer', 'boolean'),
        ('is_key_monitored', 'boolean')
    ], key=['fund_code', 'fund_name']) }}
)

select * from records
