{#- value column: the kinds that have it -#}
{%- set kinds = ['goal', 'monitoring', 'self_evaluation'] + overall_kinds() -%}
{%- set result_columns = {
    'monitoring': ['actual_value', 'expected_value'], 'self_evaluation': ['actual_value'],
    'overall_monitoring': ['actual_value'], 'overall_self_evaluation': ['actual_value']
} -%}
with
{% for kind in kinds %}
{{ kind }}_indicators as (
    select * from {{ source('raw', kind ~ '__indicators') }}
),
{% endfor %}
sent_values as (
    {%- for kind in kinds %}
    select
        target_value as value_text,
        target_operator as operator_text,
        target_unit as unit_text,
        {{ name_hint('level3') }} as name_hint
    from {{ kind }}_indicators
    {%- for column in result_columns.get(kind, []) %}

    union all

    select
        {{ column }} as value_text,
        null as operator_text,
        null as unit_text,
        null as name_hint
    from {{ kind }}_indicators
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

values_distinct as (
    select distinct
        coalesce(value_text, '') as value_text,
        coalesce(operator_text, '') as operator_text,
        coalesce(unit_text, '') as unit_text,
        coalesce(name_hint, '') as name_hint
    from sent_values
),

values_keyed as (
    select
        {{ value_key('value_text', 'operator_text', 'unit_text', 'name_hint') }} as value_key,
        value_text,
        operator_text,
        unit_text,
        name_hint
    from values_distinct
)

select * from values_keyed
