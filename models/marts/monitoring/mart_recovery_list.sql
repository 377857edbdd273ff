with

flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

stages as (
    select * from {{ ref('int_stages_expected') }}
    where document_kind = 'monitoring' and is_in_calendar
),

last_rounds as (
    select
        fiscal_year,
        max(round_no) as round_no,
        max_by(is_past_due, round_no) as is_past_due
    from stages
    group by fiscal_year
    having max(round_no) > 1
),

first_flags as (
    select * from flags
    where round_no = 1 and is_warned
),

last_flags as (
    select flags.*
    from flags
    inner join last_rounds
        on
            flags.fiscal_year = last_rounds.fiscal_year
            and flags.round_no = last_rounds.round_no
),

paired as (
    select
        first_flags.fiscal_year,
        first_flags.bureau_code,
        first_flags.bureau_name,
        first_flags.tier,
        coalesce(last_flags.unit_code, first_flags.unit_code) as unit_code,
        coalesce(last_flags.unit_name, first_flags.unit_name) as unit_name,
        first_flags.project_code,
        coalesce(last_flags.project_name, first_flags.project_name) as project_name,
        first_flags.fund_type,
        last_rounds.round_no as last_round_no,
        last_rounds.is_past_due,
        last_flags.round_no is not null as is_in_last_round,
        coalesce(last_flags.is_warned, false) as is_warned_in_last_round,
        last_flags.verdict as last_verdict,
        first_flags.triggers as first_triggers,
        last_flags.triggers as last_triggers,
        first_flags.execution_rate as first_execution_rate,
        last_flags.execution_rate as last_execution_rate,
        first_flags.goal_completion_rate as first_goal_completion_rate,
        last_flags.goal_completion_rate as last_goal_completion_rate,
        last_flags.budget_cny,
        last_flags.executed_cny,
        first_flags.parameter_version,
        coalesce(last_flags._filing_id, first_flags._filing_id) as _filing_id,
        coalesce(last_flags._file_sha256, first_flags._file_sha256) as _file_sha256,
        coalesce(last_flags._source_file, first_flags._source_file) as _source_file,
        coalesce(last_flags._source_sheet, first_flags._source_sheet) as _source_sheet,
        coalesce(last_flags._source_row, first_flags._source_row) as _source_row
    from first_flags
    inner join last_rounds on first_flags.fiscal_year = last_rounds.fiscal_year
    left join last_flags
        on
            first_flags.fiscal_year = last_flags.fiscal_year
            and first_flags.bureau_code = last_flags.bureau_code
            and first_flags.project_code = last_flags.project_code
),

-- a project that cannot be judged in the last round, or is not in it once that round is over, has
-- not been shown to improve: it stays on the list with that verdict
judged as (
    select
        *,
        case
            when is_warned_in_last_round then 'fail'
            when is_in_last_round and last_verdict = 'cannot_judge' then 'cannot_judge'
            when not is_in_last_round and is_past_due then 'cannot_judge'
        end as verdict,
        case
            when is_warned_in_last_round then null
            when is_in_last_round then 'last_round_not_judged'
            else 'not_in_last_round'
        end as cannot_judge_reason
    from paired
),

list as (
    select
        judged.fiscal_year as work_year,
        judged.fiscal_year,
        judged.bureau_code,
        judged.bureau_name,
        judged.tier,
        bureaus.tier_no,
        judged.unit_code,
        judged.unit_name,
        judged.project_code,
        judged.project_name,
        judged.fund_type,
        judged.last_round_no,
        judged.verdict,
        judged.cannot_judge_reason,
        judged.is_warned_in_last_round,
        judged.first_triggers,
        judged.last_triggers,
        judged.first_execution_rate,
        judged.last_execution_rate,
        judged.first_goal_completion_rate,
        judged.last_goal_completion_rate,
        judged.budget_cny,
        judged.executed_cny,
        case
            when judged.budget_cny is not null and judged.executed_cny is not null
                then cast(greatest(judged.budget_cny - judged.executed_cny, 0) as decimal(20, 2))
        end as recoverable_cny,
        judged.parameter_version,
        judged._filing_id,
        judged._file_sha256,
        judged._source_file,
        judged._source_sheet,
        judged._source_row
    from judged
    left join bureaus
        on
            judged.fiscal_year = bureaus.fiscal_year
            and judged.bureau_code = bureaus.bureau_code
    where judged.verdict is not null
)

select * from list
