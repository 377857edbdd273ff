-- Region, prefectures and counties add up to the region with its subordinates.
with

coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

own as (
    select
        fiscal_year,
        stage,
        round_no,
        fund_type,
        sum(due_project_count) as due_project_count,
        sum(done_project_count) as done_project_count,
        sum(due_amount_cny) as due_amount_cny,
        sum(done_amount_cny) as done_amount_cny
    from coverage
    where scope = 'own'
    group by all
),

total as (
    select * from coverage
    where scope = 'with_subordinates' and tier = 'region'
),

differing as (
    select own.*
    from own
    inner join total
        on
            own.fiscal_year = total.fiscal_year
            and own.stage = total.stage
            and own.round_no is not distinct from total.round_no
            and own.fund_type = total.fund_type
    where
        own.due_project_count <> total.due_project_count
        or own.done_project_count <> total.done_project_count
        or own.due_amount_cny <> total.due_amount_cny
        or own.done_amount_cny <> total.done_amount_cny
)

select * from differing
