-- 问：各财政部门的结果应用做了多少：应当应用的、已应用的、压减和收回的资金？
-- 读法：每行一个工作年度和财政部门；applied_rate 为应当应用中已应用的比例。
-- 注意：没有结果应用清单的部门 recorded_count 为零，是没有报，不一定没有做；压减和收回分开列，不要
-- 相加成「节约」。
with applications as (
    select * from {{ ref('mart_result_application') }}
),

by_bureau as (
    select
        applications.work_year,
        applications.bureau_code,
        applications.bureau_name,
        count(*) filter (where applications.is_recorded) as recorded_count,
        count(*) filter (where applications.is_required) as required_count,
        count(*) filter (where applications.is_required and applications.is_applied)
            as required_applied_count,
        sum(applications.cut_cny) as cut_cny,
        sum(applications.recovered_cny) as recovered_cny
    from applications
    group by all
),

rated as (
    select
        by_bureau.*,
        {{ ratio('by_bureau.required_applied_count', 'by_bureau.required_count') }}
            as applied_rate
    from by_bureau
)

select * from rated
order by work_year desc, applied_rate nulls last, bureau_code
