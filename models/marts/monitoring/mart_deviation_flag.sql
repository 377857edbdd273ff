with

judged as (
    select * from {{ ref('int_monitoring_judged') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

flags as (
    select
        judged.fiscal_year,
        judged.fiscal_year as work_year,
        judged.round_no,
        judged.month_no,
        judged.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        judged.unit_code,
        judged.unit_name,
        judged.department_name,
        judged.project_code,
        judged.project_name,
        judged.fund_type,
        judged.light,
        judged.triggers,
        judged.verdict,
        judged.cannot_judge_reason,
        judged.is_warned,
        judged.is_direct_fund,
        judged.is_registered,
        cast(judged.budget_cny as decimal(20, 2)) as budget_cny,
        judged.budget_basis,
        cast(judged.executed_cny as decimal(20, 2)) as executed_cny,
        cast(judged.execution_rate as decimal(28, 10)) as execution_rate,
        judged.declared_execution_rate,
        cast(judged.goal_completion_rate as decimal(28, 10)) as goal_completion_rate,
        cast(judged.gap as decimal(28, 10)) as gap,
        judged.gap_threshold,
        judged.is_gap_inclusive,
        judged.gap_mode,
        judged.execution_pace_threshold,
        judged.completion_pace_threshold,
        judged.pace_month_no,
        judged.line_count as indicator_line_count,
        judged.judged_line_count,
        cast(judged.judged_weight_share as decimal(18, 10)) as judged_weight_rate,
        judged.parameter_version,
        judged._filing_id,
        judged._file_sha256,
        judged._source_file,
        judged._source_sheet,
        judged._source_row
    from judged
    left join bureaus
        on
            judged.bureau_code = bureaus.bureau_code
            and judged.fiscal_year = bureaus.fiscal_year
)

select * from flags
