{{ config(materialized='view') }}
with corrected as (
    {{ corrected_projects('project_register') }}
)

select * from corrected
