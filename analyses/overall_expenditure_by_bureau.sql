-- 问：整体支出绩效管理各财政部门做了多少：目标、监控、自评各有多少单位，平均得多少分？
-- 读法：每行一个工作年度和财政部门；应开展的单位为名录中的单位，没有名录的地区为报送过任一材料的单
-- 位。
-- 注意：目标和监控是当年预算，自评是上一年预算（evaluated_fiscal_year），得分不要与当年预算放在一
-- 起；没有名录时应开展数偏小、覆盖率偏高。
with units as (
    select * from {{ ref('mart_overall_expenditure') }}
),

by_bureau as (
    select
        units.work_year,
        units.evaluated_fiscal_year,
        units.bureau_code,
        units.bureau_name,
        bool_or(units.is_registered) as has_register,
        count(*) filter (where units.is_due) as due_unit_count,
        count(*) filter (where units.is_due and units.has_goal) as goal_unit_count,
        count(*) filter (where units.is_due and units.has_monitoring) as monitoring_unit_count,
        count(*) filter (where units.is_due and units.has_self_evaluation)
            as self_evaluation_unit_count,
        avg(units.declared_score) as mean_declared_score,
        sum(units.total_budget_cny) as total_budget_cny
    from units
    group by all
)

select * from by_bureau
order by work_year desc, bureau_code
