with

failed as (
    select * from {{ ref('int_form_checks_failed') }}
)

select * from failed
