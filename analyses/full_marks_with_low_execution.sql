-- 问：自评 90 分以上而预算执行率不足 60% 的项目有哪些？
-- 读法：每行一个项目；自评虚高的线索，按执行率由低到高。
-- 注意：线索不是结论：结余可能是节约、招标下浮或按进度付款，要看偏差原因；执行率按重算，申报的执行
-- 率可能不同。
with evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

suspicious as (
    select
        evaluations.fiscal_year,
        evaluations.bureau_name,
        evaluations.unit_name,
        evaluations.project_code,
        evaluations.project_name,
        evaluations.declared_score,
        evaluations.recomputed_score,
        evaluations.execution_rate,
        evaluations.indicator_rate,
        evaluations.budget_cny,
        evaluations._source_file,
        evaluations._source_sheet,
        evaluations._source_row
    from evaluations
    where evaluations.declared_score >= 90 and evaluations.execution_rate < 0.6
)

select * from suspicious
order by fiscal_year desc, execution_rate, project_code
