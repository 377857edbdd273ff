with

projects as (
    select * from {{ ref('int_projects_live') }}
    where document_kind = 'monitoring'
),

monitoring as (
    select * from {{ ref('int_monitoring_projects_corrected') }}
),

registers as (
    select * from {{ ref('int_projects_registered') }}
),

completions as (
    select * from {{ ref('int_indicators_summed') }}
    where document_kind = 'monitoring'
),

stages as (
    select * from {{ ref('int_stages_expected') }}
    where document_kind = 'monitoring'
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

measured as (
    select
        projects.*,
        registers.project_code is not null as is_registered,
        coalesce(registers.fund_type, 'other') as fund_type,
        coalesce(registers.is_direct_fund, false) as is_direct_fund,
        coalesce(
            monitoring.adjusted_budget_cny,
            monitoring.annual_budget_cny,
            monitoring.initial_budget_cny,
            registers.annual_budget_cny
        ) as budget_cny,
        case
            when monitoring.adjusted_budget_cny is not null then 'adjusted_budget'
            when monitoring.annual_budget_cny is not null then 'annual_budget'
            when monitoring.initial_budget_cny is not null then 'initial_budget'
            when registers.annual_budget_cny is not null then 'project_register'
        end as budget_basis,
        monitoring.executed_cny,
        monitoring.money_unit,
        monitoring.declared_execution_rate,
        coalesce(projects.month_no, stages.month_no, 12) as pace_month_no,
        coalesce(completions.line_count, 0) as line_count,
        coalesce(completions.judged_line_count, 0) as judged_line_count,
        completions.judged_weight_share,
        completions.completion_rate
    from projects
    inner join monitoring on projects.project_row_id = monitoring.project_row_id
    left join registers
        on
            projects.bureau_code = registers.bureau_code
            and projects.fiscal_year = registers.fiscal_year
            and projects.project_code = registers.project_code
    left join completions
        on
            projects.slot_id = completions.slot_id
            and projects.project_code = completions.project_code
    left join stages
        on
            projects.fiscal_year = stages.fiscal_year
            and projects.round_no = stages.round_no
),

rated as (
    select
        measured.*,
        {{ ratio('measured.executed_cny', 'measured.budget_cny') }} as execution_rate,
        case
            when measured.judged_weight_share >= thresholds.monitor_min_judgable_weight
                then measured.completion_rate
        end as goal_completion_rate,
        case
            when measured.is_direct_fund then thresholds.monitor_gap_threshold_direct
            else thresholds.monitor_gap_threshold
        end as gap_threshold,
        coalesce(
            case
                when measured.is_direct_fund then thresholds.monitor_gap_inclusive_direct
                else thresholds.monitor_gap_inclusive
            end,
            false
        ) as is_gap_inclusive,
        thresholds.monitor_gap_mode as gap_mode,
        thresholds.monitor_exec_low_trigger as execution_pace_threshold,
        thresholds.monitor_goal_poor_trigger as completion_pace_threshold,
        thresholds.monitor_exec_low_yellow as execution_pace_yellow,
        thresholds.light_yellow_below as completion_pace_yellow,
        thresholds.parameter_version
    from measured
    left join thresholds on measured.fiscal_year = thresholds.fiscal_year
),

gapped as (
    select
        *,
        cast(round(
            case gap_mode
                when 'one_sided' then (goal_completion_rate - execution_rate)
                    * (goal_completion_rate > execution_rate)::integer
                when 'relative'
                    then abs({{ ratio(
                        'goal_completion_rate - execution_rate', 'goal_completion_rate'
                    ) }})
                else abs(execution_rate - goal_completion_rate)
            end,
            12
        ) as decimal(30, 12)) as gap
    from rated
),

-- paces are compared by multiplication, so that a rate exactly on the line stays on it
triggered as (
    select
        *,
        coalesce(execution_rate * 12 < execution_pace_threshold * pace_month_no, false)
            as is_execution_low,
        coalesce(goal_completion_rate * 12 < completion_pace_threshold * pace_month_no, false)
            as is_completion_low,
        coalesce(
            case when is_gap_inclusive then gap >= gap_threshold else gap > gap_threshold end, false
        ) as is_gap_wide
    from gapped
),

judged as (
    select
        *,
        is_execution_low or is_completion_low or is_gap_wide as is_warned,
        nullif(concat_ws(
            ',',
            case when is_execution_low then 'LOW_EXECUTION' end,
            case when is_completion_low then 'LOW_COMPLETION' end,
            case when is_gap_wide then 'GAP' end
        ), '') as triggers,
        nullif(concat_ws(
            ',',
            case
                when executed_cny is null and money_unit is null then 'no_money_unit'
                when executed_cny is null then 'no_execution'
                when budget_cny is null then 'no_budget'
                when budget_cny = 0 then 'zero_budget'
            end,
            case
                when line_count = 0 then 'no_indicators'
                when goal_completion_rate is null then 'low_judgable_weight'
            end,
            case when parameter_version is null then 'no_parameter' end
        ), '') as cannot_judge_reason
    from triggered
),

lit as (
    select
        *,
        case
            when is_warned then 'warn'
            when cannot_judge_reason is not null or gap is null then 'cannot_judge'
            else 'pass'
        end as verdict,
        case
            when is_warned then 'red'
            when gap is null then null
            when
                execution_rate * 12 < execution_pace_yellow * pace_month_no
                or goal_completion_rate * 12 < completion_pace_yellow * pace_month_no
                then 'yellow'
            else 'green'
        end as light
    from judged
)

select * from lit
