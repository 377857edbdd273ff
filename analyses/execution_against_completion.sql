-- 问：预算执行与绩效目标完成是否同步：钱花了事没办成的有多少，事办了钱没花的有多少？
-- 读法：每行一个轮次和一种情形；以偏离度阈值（直达资金更严）为界，in_step 为同步，ahead_of_money
-- 为完成快于执行，behind_money 为完成慢于执行，cannot_judge 为判断不了。
-- 注意：执行和完成都是累计到监控月份的数，两轮不要相加；判断不了不是通过；阈值按参数表逐年定，见
-- gap_threshold 和 is_gap_inclusive。金额单位写错的文件会使合计差一万倍，unit_doubtful_cny 是其中
-- 来自这些文件的部分，逐行见 amounts_in_wrong_unit。
with flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
),

-- 单位疑误（元与万元写错）的文件
doubtful as (
    select distinct findings._file_sha256
    from findings
    where findings.rule_id = 'QC-016' and findings.is_current
),

placed as (
    select
        flags.*,
        doubtful._file_sha256 is not null as is_unit_doubtful,
        case
            when flags.gap is null then 'cannot_judge'
            when not contains(coalesce(flags.triggers, ''), 'GAP') then 'in_step'
            when flags.goal_completion_rate > flags.execution_rate then 'ahead_of_money'
            else 'behind_money'
        end as situation
    from flags
    left join doubtful on flags._file_sha256 = doubtful._file_sha256
),

counted as (
    select
        placed.fiscal_year,
        placed.round_no,
        placed.situation,
        count(*) as project_count,
        sum(placed.budget_cny) as budget_cny,
        sum(placed.executed_cny) as executed_cny,
        sum(placed.budget_cny) filter (where placed.is_unit_doubtful) as unit_doubtful_cny,
        -- 转为 double：DuckDB 1.0 的客户端对 decimal 求中位数会出错
        median(cast(placed.execution_rate as double)) as median_execution_rate,
        median(cast(placed.goal_completion_rate as double)) as median_goal_completion_rate
    from placed
    group by all
)

select * from counted
order by fiscal_year desc, round_no, situation
