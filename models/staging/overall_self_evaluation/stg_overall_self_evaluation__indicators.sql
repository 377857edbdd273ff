{{ config(materialized='view') }}

with indicators as (
    {{ stage_overall_indicators('overall_self_evaluation') }}
)

select * from indicators
