-- 问：事前评估、转移支付目标、部门评价、实质性审核、整体支出等各项工作，各级办了多少？
-- 读法：每行一项工作、一个工作年度和级次；coverage_rate 按数量，amount_coverage_rate 按金额，由合
-- 计相除。
-- 注意：部门评价数的是部门，其余数的是项目或单位，不同工作的数量不要相加；只用 own 行相加，
-- with_subordinates 会重复。
with duties as (
    select * from {{ ref('mart_duty_coverage') }}
),

by_tier as (
    select
        duties.work_year,
        duties.duty,
        duties.tier_no,
        duties.tier,
        sum(duties.due_count) as due_count,
        sum(duties.done_count) as done_count,
        sum(duties.due_amount_cny) as due_amount_cny,
        sum(duties.done_amount_cny) as done_amount_cny
    from duties
    where duties.scope = 'own'
    group by all
),

rated as (
    select
        by_tier.*,
        {{ ratio('by_tier.done_count', 'by_tier.due_count') }} as coverage_rate,
        {{ ratio('by_tier.done_amount_cny', 'by_tier.due_amount_cny') }}
            as amount_coverage_rate
    from by_tier
)

select * from rated
order by work_year desc, duty, tier_no
