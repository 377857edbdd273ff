{{ config(materialized='view') }}
with corrected as (
    {{ corrected_projects('self_evaluation') }}
)

select * from corrected
