-- 问：哪些主管部门的部门评价金额没有达到年度项目预算的 20%？
-- 读法：每行一个工作年度、财政部门和主管部门；share 为已评价金额占比，shortfall_cny 为达到规定比例
-- 还差的金额。
-- 注意：工作年度结束前未达到是 warn，结束后是 fail；一个项目评价几次只算一次；部门整体评价不计入；
-- 没有绩效评价台账的地区占比为零，是没有报。
with shares as (
    select * from {{ ref('mart_department_evaluation_share') }}
),

short_of as (
    select
        shares.work_year,
        shares.fiscal_year,
        shares.bureau_code,
        shares.bureau_name,
        shares.department_name,
        shares.verdict,
        shares.project_count,
        shares.evaluated_project_count,
        shares.project_budget_cny,
        shares.evaluated_budget_cny,
        shares.share,
        shares.required_share,
        round(
            shares.project_budget_cny * shares.required_share - shares.evaluated_budget_cny, 2
        ) as shortfall_cny
    from shares
    where shares.verdict <> 'pass'
)

select * from short_of
order by work_year desc, shortfall_cny desc nulls last, bureau_code, department_name
