{{ config(materialized='view') }}
with corrected as (
    {{ corrected_projects('monitoring') }}
)

select * from corrected
