{{ config(materialized='view') }}

with keyed as (
    {%- for kind in overall_kinds() %}
    select
        _filing_id as filing_id,
        coalesce(unit_code, {{ match_text('unit_name') }}) as sent_key
    from {{ ref('stg_' ~ kind ~ '__units') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from keyed
