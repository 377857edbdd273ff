with

live as (
    select * from {{ ref('int_projects_live') }}
),

registers as (
    select * from {{ ref('int_project_register_projects_corrected') }}
),

goals as (
    select * from {{ ref('int_goal_projects_corrected') }}
),

monitoring as (
    select * from {{ ref('int_monitoring_projects_corrected') }}
),

evaluations as (
    select * from {{ ref('int_self_evaluation_projects_corrected') }}
),

-- a stage is a kind, and for monitoring a round: the order of the year
measured as (
    select
        live.bureau_code,
        live.fiscal_year,
        live.project_code,
        live.document_kind,
        live.round_no,
        case
            when live.document_kind = 'project_register' then 'register'
            when live.document_kind = 'monitoring' then 'monitoring_' || live.round_no
            else live.document_kind
        end as stage_name,
        live.slot_id,
        live.project_name,
        live.unit_name,
        live.department_name,
        coalesce(goals.overall_goal, monitoring.overall_goal, evaluations.overall_goal)
            as overall_goal,
        evaluations.actual_goal,
        coalesce(
            registers.initial_budget_cny,
            goals.budget_cny,
            monitoring.initial_budget_cny,
            evaluations.initial_budget_cny
        ) as initial_budget_cny,
        coalesce(
            registers.adjusted_budget_cny,
            monitoring.adjusted_budget_cny,
            monitoring.annual_budget_cny,
            evaluations.adjusted_budget_cny,
            evaluations.annual_budget_cny
        ) as annual_budget_cny,
        coalesce(monitoring.executed_cny, evaluations.executed_cny) as executed_cny,
        live._filing_id,
        live._file_sha256,
        live._source_file,
        live._source_sheet,
        live._source_row
    from live
    -- a row's id says its kind as well; a kind in the condition would cost the hash join
    left join registers on live.project_row_id = registers.project_row_id
    left join goals on live.project_row_id = goals.project_row_id
    left join monitoring on live.project_row_id = monitoring.project_row_id
    left join evaluations on live.project_row_id = evaluations.project_row_id
),

with_goal as (
    select
        bureau_code,
        fiscal_year,
        project_code
    from live
    where document_kind = 'goal'
),

aligned as (
    select
        measured.*,
        case measured.stage_name
            when 'register' then 1
            when 'goal' then 2
            when 'self_evaluation' then 1000
            else 2 + measured.round_no
        end as stage_order,
        with_goal.project_code is not null as has_goal
    from measured
    left join with_goal
        on
            measured.bureau_code = with_goal.bureau_code
            and measured.fiscal_year = with_goal.fiscal_year
            and measured.project_code = with_goal.project_code
)

select * from aligned
