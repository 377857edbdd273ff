-- 问：监控和自评中有多少项目判断不了，各是什么原因？
-- 读法：每行一个环节、预算年度、轮次和原因；share 为占该环节该轮全部项目的比例。
-- 注意：「无法判断」不是通过：算通过率时分母要么去掉它、要么写明含它，不能当作通过。
with flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

judged as (
    select
        'monitoring' as stage,
        flags.fiscal_year,
        flags.round_no,
        flags.verdict,
        flags.cannot_judge_reason
    from flags
    union all
    select
        'self_evaluation' as stage,
        evaluations.fiscal_year,
        null as round_no,
        evaluations.verdict,
        evaluations.cannot_judge_reason
    from evaluations
),

counted as (
    select
        judged.stage,
        judged.fiscal_year,
        judged.round_no,
        judged.verdict,
        judged.cannot_judge_reason,
        count(*) as project_count
    from judged
    group by all
),

shared as (
    select
        counted.*,
        sum(counted.project_count) over (
            partition by counted.stage, counted.fiscal_year, counted.round_no
        ) as stage_project_count
    from counted
),

not_judged as (
    select
        shared.*,
        {{ ratio('shared.project_count', 'shared.stage_project_count') }} as share
    from shared
    where shared.verdict = 'cannot_judge'
)

select * from not_judged
order by fiscal_year desc, stage, round_no, project_count desc
