-- 问：情况说明中的数字，与上年相比变化最大的是哪些？
-- 读法：每行一个数字，全辖区合计；change 为增减，change_rate 为增减幅度（占上年的比例），比率类数
-- 字的增减是百分点。
-- 注意：两年都有数字的才比；上年为零没有幅度；一年的材料没有报齐时变化是报送的变化，不是工作的变
-- 化，先看 coverage_by_prefecture。
with changes as (
    select * from {{ ref('mart_year_on_year') }}
),

coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

-- 最近一个有应报项目的工作年度；换年度：改为 select 2020 as work_year
chosen as (
    select max(coverage.work_year) as work_year
    from coverage
    where coverage.due_project_count > 0
),

compared as (
    select
        changes.statement,
        changes.work_year,
        changes.item_code,
        changes.label_zh,
        changes.unit_zh,
        changes.previous_value,
        changes.value,
        changes.change,
        changes.change_rate
    from changes
    inner join chosen on changes.work_year = chosen.work_year
    where
        changes.split = 'all'
        and changes.previous_value is not null
        and changes.value is not null
        and changes.change <> 0
)

select * from compared
order by work_year desc, abs(change_rate) desc nulls last, item_code, label_zh
