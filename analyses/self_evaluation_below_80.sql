-- 问：自评低于 80 分的项目有哪些，低在预算执行还是低在指标？
-- 读法：每行一个项目；execution_rate 为重算的预算执行率，indicator_rate 为指标完成率，哪个低就低在
-- 哪里；is_below_60 为不合格。
-- 注意：80 分和 60 分的界限是参数（selfeval.low_score、selfeval.fail_score）；按申报得分判定，重算
-- 得分只作并列，不能代替申报得分。
with evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

low as (
    select
        evaluations.work_year,
        evaluations.fiscal_year,
        evaluations.bureau_name,
        evaluations.unit_name,
        evaluations.project_code,
        evaluations.project_name,
        evaluations.declared_score,
        evaluations.recomputed_score,
        evaluations.grade_name,
        evaluations.is_below_60,
        evaluations.execution_rate,
        evaluations.indicator_rate,
        evaluations.budget_cny,
        evaluations._source_file,
        evaluations._source_sheet,
        evaluations._source_row
    from evaluations
    where evaluations.is_below_80
)

select * from low
order by work_year desc, declared_score, project_code
