-- 问：各地州市（含下辖县市区）各环节的绩效覆盖率是多少，哪里最低？
-- 读法：每行一个环节、轮次和地州市；coverage_rate 按项目数，amount_coverage_rate 按金额，都是 0 至
-- 1；低的在前，没有应报项目的为空、排在最后。
-- 注意：with_subordinates 已含本级，不要再与 own 相加；一个工作年度里各环节的预算年度不同，看
-- fiscal_year；未到期（is_past_due 为假）的环节低不等于漏报。
with coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

-- 换年度：改为 select 2020 as work_year
chosen as (
    select max(coverage.work_year) as work_year
    from coverage
),

-- 最上一级；它直接管的就是地州市（设区市、区）
tops as (
    select distinct coverage.bureau_code
    from coverage
    where coverage.parent_bureau_code is null
),

by_prefecture as (
    select
        coverage.work_year,
        coverage.fiscal_year,
        coverage.stage,
        coverage.round_no,
        coverage.is_past_due,
        coverage.bureau_code,
        coverage.bureau_name,
        coverage.due_project_count,
        coverage.done_project_count,
        coverage.coverage_rate,
        coverage.amount_coverage_rate
    from coverage
    inner join chosen on coverage.work_year = chosen.work_year
    inner join tops on coverage.parent_bureau_code = tops.bureau_code
    where
        coverage.scope = 'with_subordinates'
        and coverage.fund_type = 'all'
)

select * from by_prefecture
order by stage, round_no, coverage_rate nulls last, bureau_code
