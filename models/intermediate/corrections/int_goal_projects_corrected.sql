{{ config(materialized='view') }}
with corrected as (
    {{ corrected_projects('goal') }}
)

select * from corrected
