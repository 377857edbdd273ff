-- 问：直达资金项目中，执行与目标完成的偏离超过直达资金阈值的有哪些？
-- 读法：每行一个直达资金项目的一轮监控，verdict 为 warn 或 fail 的是超过阈值，cannot_judge 是判断
-- 不了。
-- 注意：直达资金的阈值比一般项目严，同一项目在 mart_deviation_flag 里可能只是黄灯；是否直达资金以
-- 项目清单和申报的标识为准，没有标识的不在内。
with watched as (
    select * from {{ ref('mart_direct_fund_watch') }}
),

out_of_step as (
    select
        watched.fiscal_year,
        watched.round_no,
        watched.bureau_name,
        watched.unit_name,
        watched.project_code,
        watched.project_name,
        watched.verdict,
        watched.cannot_judge_reason,
        watched.execution_rate,
        watched.goal_completion_rate,
        watched.gap,
        watched.gap_threshold,
        watched.budget_cny,
        watched._source_file,
        watched._source_row
    from watched
    where watched.verdict <> 'pass'
)

select * from out_of_step
order by fiscal_year desc, round_no, gap desc nulls last, project_code
