-- 问：监控预警是由什么引起的：执行慢、完成差，还是两者偏离大？各地轻重如何？
-- 读法：每行一个预算年度、轮次、级次和触发条件；LOW_EXECUTION 执行进度低、LOW_COMPLETION 目标完成
-- 差、GAP 偏离较大。
-- 注意：一个项目可以有几个触发条件，各行相加会大于预警项目数；要预警项目数请直接数 is_warned。黄灯
-- 不是预警。
with flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

triggered as (
    select
        flags.fiscal_year,
        flags.round_no,
        flags.tier,
        flags.budget_cny,
        flags.is_warned,
        unnest(string_split(flags.triggers, ',')) as trigger_code
    from flags
    where flags.triggers <> ''
),

counted as (
    select
        triggered.fiscal_year,
        triggered.round_no,
        triggered.tier,
        triggered.trigger_code,
        count(*) as project_count,
        count(*) filter (where triggered.is_warned) as warned_project_count,
        sum(triggered.budget_cny) as budget_cny
    from triggered
    group by all
)

select * from counted
order by fiscal_year desc, round_no, tier, project_count desc, trigger_code
