-- 问：四本预算（一般公共预算、政府性基金、国有资本经营、社会保险基金）各自覆盖了多少？
-- 读法：每行一个环节、轮次和资金性质，全辖区合计；覆盖率由合计的分子分母相除，不是各地覆盖率的平
-- 均。
-- 注意：只能由 own 各行相加得到全辖区；fund_type 的 all 是合计，不要与其他各类再相加；金额无法判断
-- 的项目计入项目数、不计入金额（due_without_amount_count）。
with coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

by_fund_type as (
    select
        coverage.work_year,
        coverage.fiscal_year,
        coverage.stage,
        coverage.round_no,
        coverage.fund_type,
        sum(coverage.due_project_count) as due_project_count,
        sum(coverage.done_project_count) as done_project_count,
        sum(coverage.due_amount_cny) as due_amount_cny,
        sum(coverage.done_amount_cny) as done_amount_cny,
        sum(coverage.due_without_amount_count) as due_without_amount_count
    from coverage
    where coverage.scope = 'own'
    group by all
),

rated as (
    select
        by_fund_type.*,
        {{ ratio('by_fund_type.done_project_count', 'by_fund_type.due_project_count') }}
            as coverage_rate,
        {{ ratio('by_fund_type.done_amount_cny', 'by_fund_type.due_amount_cny') }}
            as amount_coverage_rate
    from by_fund_type
    where by_fund_type.due_project_count > 0
)

select * from rated
order by work_year desc, stage, round_no, fund_type
