{{ config(materialized='view') }}

with indicators as (
    {{ stage_overall_indicators('overall_monitoring') }}
)

select * from indicators
