-- 问：监控材料和自评的抽检比例，哪些财政部门没有达到规定？
-- 读法：每行一个工作年度、总体和财政部门；required_count 为按规定比例向上取整的应抽数；fail 未达
-- 到，cannot_judge 为没有规定须达到。
-- 注意：抽检的项目只有在总体之内（按编码）的才计数，outside_count 是抽了而不在总体内的；监控的总体
-- 是当年被监控的项目，自评的总体是上一预算年度的自评。
with checks as (
    select * from {{ ref('mart_sampling_check') }}
),

short_of as (
    select
        checks.work_year,
        checks.fiscal_year,
        checks.frame_kind,
        checks.bureau_code,
        checks.bureau_name,
        checks.verdict,
        checks.population_count,
        checks.required_count,
        checks.sampled_count,
        checks.outside_count,
        checks.sampled_rate,
        checks.required_rate
    from checks
    where checks.verdict <> 'pass'
)

select * from short_of
order by work_year desc, frame_kind, verdict desc, population_count desc, bureau_code
