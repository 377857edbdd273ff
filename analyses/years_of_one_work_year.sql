-- 问：同一个工作年度里，绩效目标、监控、自评各自说的是哪个预算年度，各办了多少？
-- 读法：每行一个工作年度、环节、轮次；例如 2020 工作年度监控 2020 年预算、自评 2019 年预算。
-- 注意：按 fiscal_year 汇总会把两个工作年度的工作混在一起，按 work_year 汇总会把不同预算年度的钱混
-- 在一起；先想清楚要哪一个，再写 where。
with coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

yearly as (
    select
        coverage.work_year,
        coverage.stage,
        coverage.round_no,
        coverage.fiscal_year,
        sum(coverage.due_project_count) as due_project_count,
        sum(coverage.done_project_count) as done_project_count,
        sum(coverage.due_amount_cny) as due_amount_cny
    from coverage
    where
        coverage.scope = 'own'
        and coverage.fund_type = 'all'
    group by all
)

select * from yearly
order by work_year desc, stage, round_no, fiscal_year
