with goal_indicators as (
    select * from {{ source('raw', 'goal__indicators') }}
),

monitoring_indicators as (
    select * from {{ source('raw', 'monitoring__indicators') }}
),

self_evaluation_indicators as (
    select * from {{ source('raw', 'self_evaluation__indicators') }}
),

sent_values as (
    {%- for kind in ['goal', 'monitoring', 'self_evaluation'] %}
    select
        target_value as value_text,
        target_operator as operator_text,
        target_unit as unit_text,
        {{ name_hint('level3') }} as name_hint
    from {{ kind }}_indicators

    union all
    {% endfor %}
    select
        actual_value as value_text,
        null as operator_text,
        null as unit_text,
        null as name_hint
    from monitoring_indicators

    union all

    select
        expected_value as value_text,
        null as operator_text,
        null as unit_text,
        null as name_hint
    from monitoring_indicators

    union all

    select
        actual_value as value_text,
        null as operator_text,
        null as unit_text,
        null as name_hint
    from self_evaluation_indicators
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
