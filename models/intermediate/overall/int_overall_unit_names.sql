{{ config(materialized='view') }}
with

registered as (
    select * from {{ ref('fct_unit_register') }}
),

named as (
    select
        bureau_code,
        unit_code,
        unit_name
    from registered

    {%- for kind in overall_kinds() %}

    union all

    select
        bureau_code,
        unit_code,
        unit_name
    from {{ ref('stg_' ~ kind ~ '__units') }}
    {%- endfor %}
),

spelled as (
    select distinct
        bureau_code,
        {{ match_text('unit_name') }} as name_key,
        unit_code
    from named
    where unit_code is not null
),

-- a name stands for a code only where its bureau knows one unit of that name
single as (
    select
        bureau_code,
        name_key,
        min(unit_code) as unit_code
    from spelled
    where name_key is not null
    group by all
    having count(*) = 1
)

select * from single
