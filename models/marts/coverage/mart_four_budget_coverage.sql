with

coverage as (
    select * from {{ ref('mart_stage_coverage') }}
    where scope = 'own'
),

jurisdictions as (
    select * from {{ ref('ref_jurisdiction') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

tiers as (
    select * from {{ ref('ref_tier') }}
    where jurisdiction = '{{ var("jurisdiction") }}' and tier_no = 1
),

-- every bureau's own figures: one that the year's roster does not know is counted too
summed as (
    select
        work_year,
        fiscal_year,
        stage,
        round_no,
        fund_type,
        sum(due_project_count) as due_project_count,
        sum(done_project_count) as done_project_count,
        sum(due_amount_cny) as due_amount_cny,
        sum(done_amount_cny) as done_amount_cny
    from coverage
    group by all
),

budgets as (
    select
        summed.work_year,
        summed.fiscal_year,
        summed.stage,
        summed.round_no,
        summed.fund_type,
        jurisdictions.root_bureau_code as bureau_code,
        jurisdictions.jurisdiction_name as bureau_name,
        tiers.tier,
        tiers.tier_no,
        summed.fund_type
        in ('general', 'government_fund', 'state_capital', 'social_insurance') as is_four_budget,
        cast(summed.due_project_count as bigint) as due_project_count,
        cast(summed.done_project_count as bigint) as done_project_count,
        try_cast(
            {{ ratio('summed.done_project_count', 'summed.due_project_count') }}
            as decimal(18, 10)
        ) as coverage_rate,
        cast(summed.due_amount_cny as decimal(20, 2)) as due_amount_cny,
        cast(summed.done_amount_cny as decimal(20, 2)) as done_amount_cny,
        cast(case
            when summed.done_amount_cny between 0 and summed.due_amount_cny
                then {{ ratio('summed.done_amount_cny', 'summed.due_amount_cny') }}
        end as decimal(18, 10)) as amount_coverage_rate
    from summed
    cross join jurisdictions
    cross join tiers
)

select * from budgets
