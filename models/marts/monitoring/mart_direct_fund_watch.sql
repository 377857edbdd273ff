with

flags as (
    select * from {{ ref('mart_deviation_flag') }}
    where is_direct_fund
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- only the gap is watched here: a low execution alone is the warning list's business
watched as (
    select
        flags.fiscal_year,
        flags.work_year,
        flags.round_no,
        flags.month_no,
        flags.bureau_code,
        flags.bureau_name,
        flags.tier,
        bureaus.tier_no,
        flags.unit_code,
        flags.unit_name,
        flags.department_name,
        flags.project_code,
        flags.project_name,
        flags.fund_type,
        case
            when flags.gap is null or flags.gap_threshold is null then 'cannot_judge'
            when flags.is_gap_inclusive and flags.gap >= flags.gap_threshold then 'warn'
            when flags.gap > flags.gap_threshold then 'warn'
            else 'pass'
        end as verdict,
        flags.cannot_judge_reason,
        flags.is_gap_inclusive,
        flags.budget_cny,
        flags.executed_cny,
        flags.execution_rate,
        flags.goal_completion_rate,
        flags.gap,
        flags.gap_threshold,
        flags.parameter_version,
        flags._file_sha256,
        flags._source_file,
        flags._source_sheet,
        flags._source_row
    from flags
    left join bureaus
        on
            flags.bureau_code = bureaus.bureau_code
            and flags.fiscal_year = bureaus.fiscal_year
)

select * from watched
