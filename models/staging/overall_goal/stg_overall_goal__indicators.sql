{{ config(materialized='view') }}

with indicators as (
    {{ stage_overall_indicators('overall_goal') }}
)

select * from indicators
