{{ config(materialized='view') }}

with keyed as (
    {%- for kind in record_kinds() %}
    select
        _filing_id as filing_id,
        record_key
    from {{ ref('stg_' ~ kind ~ '__records') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from keyed
