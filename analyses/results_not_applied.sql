-- 问：哪些自评和评价结果按规则应当应用于预算而没有应用，或应用的方式与规则不同？
-- 读法：每行一个结果或一条应用记录；verdict 为 fail 未应用、warn 方式不同或尚待应用、cannot_judge
-- 缺得分或等次而判断不了；required_action_zh 是规则要求，action_zh 是实际做法。
-- 注意：evaluated_year、work_year、budget_year 依次是被评价年度、开展工作的年度、结果用于哪个预算
-- 年度，三者不同；没有报送结果应用清单的地区只有「应当应用」的一侧；压减比例没有公开依据时为空。
with applications as (
    select * from {{ ref('mart_result_application') }}
),

open_results as (
    select
        applications.work_year,
        applications.evaluated_year,
        applications.budget_year,
        applications.bureau_name,
        applications.unit_name,
        applications.project_code,
        applications.object_name,
        applications.basis,
        applications.grade,
        applications.score,
        applications.verdict,
        applications.cannot_judge_reason,
        applications.required_action_zh,
        applications.action_zh,
        applications.budget_cny,
        applications.cut_cny,
        applications.recovered_cny,
        applications._source_file,
        applications._source_row
    from applications
    where applications.verdict <> 'pass'
)

select * from open_results
order by work_year desc, verdict, bureau_name, budget_cny desc nulls last, object_name
