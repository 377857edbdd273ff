{#- Names as sent beside the place of a row; spelled alike only for the few rows that are asked. -#}
{{ config(materialized='view') }}
{%- set parts = [] -%}
{%- for kind in ['project_register', 'goal', 'monitoring', 'self_evaluation'] -%}
    {%- do parts.append([
        kind ~ '__projects', 'unit_name', 'coalesce(project_name, project_code)',
        'cast(null as varchar)'
    ]) -%}
{%- endfor -%}
{%- for kind in ['goal', 'monitoring', 'self_evaluation'] -%}
    {%- do parts.append([
        kind ~ '__indicators', 'cast(null as varchar)', 'coalesce(project_name, project_code)',
        'level3'
    ]) -%}
{%- endfor -%}
{%- for kind in overall_kinds() -%}
    {%- do parts.append([
        kind ~ '__units', 'coalesce(unit_name, unit_code)', 'cast(null as varchar)',
        'cast(null as varchar)'
    ]) -%}
    {%- do parts.append([
        kind ~ '__indicators', 'coalesce(unit_name, unit_code)', 'cast(null as varchar)', 'level3'
    ]) -%}
{%- endfor -%}
{%- for kind in record_kinds() -%}
    {%- do parts.append([
        kind ~ '__records', 'cast(null as varchar)', 'cast(null as varchar)', 'record_key'
    ]) -%}
{%- endfor %}

with named as (
    {%- for table, unit, project, item in parts %}
    select
        {{ unit }} as unit_name,
        {{ project }} as project_name,
        {{ item }} as item_name,
        _filing_id,
        _source_sheet,
        _source_row
    from {{ ref('stg_' ~ table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from named
