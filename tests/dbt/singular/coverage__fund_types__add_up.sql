-- The fund types add up to all funds.
with

coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

differing as (
    select
        fiscal_year,
        stage,
        round_no,
        bureau_code,
        scope
    from coverage
    group by all
    having
        sum(due_project_count) <> 2 * sum(due_project_count) filter (where fund_type = 'all')
        or sum(done_project_count) <> 2 * sum(done_project_count) filter (where fund_type = 'all')
        or sum(due_amount_cny) <> 2 * sum(due_amount_cny) filter (where fund_type = 'all')
        or sum(done_amount_cny) <> 2 * sum(done_amount_cny) filter (where fund_type = 'all')
)

select * from differing
