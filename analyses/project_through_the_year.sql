-- 问：项目从目标、两次监控到自评是一条什么线：有没有目标，监控了几次，预警了几次，自评多少分？
-- 读法：每行一个预算年度的项目，预算大的在前，取前两百个；空为那一环节没有。
-- 注意：自评在预算年度的次年，当年的项目还没有自评是正常的；只在申报文件里有、清单里没有的项目
-- is_registered 为假，不在覆盖率之内。
with projects as (
    select * from {{ ref('fct_project') }}
),

flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

monitored as (
    select
        flags.fiscal_year,
        flags.bureau_code,
        flags.project_code,
        count(*) filter (where flags.is_warned) as warned_round_count,
        max(flags.execution_rate) as latest_execution_rate,
        max(flags.goal_completion_rate) as latest_goal_completion_rate
    from flags
    group by flags.fiscal_year, flags.bureau_code, flags.project_code
),

lines as (
    select
        projects.fiscal_year,
        projects.bureau_name,
        projects.unit_name,
        projects.project_code,
        projects.project_name,
        projects.is_registered,
        projects.annual_budget_cny,
        projects.has_goal,
        projects.monitored_round_count,
        monitored.warned_round_count,
        monitored.latest_execution_rate,
        monitored.latest_goal_completion_rate,
        evaluations.declared_score,
        evaluations.recomputed_score,
        evaluations.grade_name
    from projects
    left join monitored
        on projects.fiscal_year = monitored.fiscal_year
        and projects.bureau_code = monitored.bureau_code
        and projects.project_code = monitored.project_code
    left join evaluations
        on projects.fiscal_year = evaluations.fiscal_year
        and projects.bureau_code = evaluations.bureau_code
        and projects.project_code = evaluations.project_code
)

select * from lines
order by fiscal_year desc, annual_budget_cny desc nulls last, project_code
limit 200
