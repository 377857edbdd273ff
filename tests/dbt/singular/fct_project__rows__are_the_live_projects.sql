-- Every project row of a live filing is live, a repeat of a live one, or not finally reviewed.
with

identified as (
    select * from {{ ref('int_projects_identified') }}
),

live as (
    select * from {{ ref('int_projects_live') }}
),

facts as (
    select * from {{ ref('fct_project') }}
),

lost as (
    select
        identified.slot_id,
        identified.project_code
    from identified
    left join live
        on
            identified.slot_id = live.slot_id
            and identified.project_code = live.project_code
    left join facts
        on
            identified.bureau_code = facts.bureau_code
            and identified.fiscal_year = facts.fiscal_year
            and identified.project_code = facts.project_code
    where identified.is_live_status and (live.project_code is null or facts.project_code is null)
)

select * from lost
