with

flags as (
    select * from {{ ref('int_monitoring_judged') }}
    where is_warned
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

grades as (
    {{ jurisdiction_rows(ref('param_warning_grade')) }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

labels as (
    select * from {{ ref('ref_label') }}
    where label_set = 'warning_grade'
),

-- names change between rounds: bureau, year and code make the pair
paired as (
    select
        second_round.fiscal_year,
        second_round.bureau_code,
        second_round.project_code,
        second_round.project_name,
        second_round.unit_code,
        second_round.unit_name,
        second_round.fund_type,
        second_round.is_direct_fund,
        first_round.month_no as first_month_no,
        second_round.month_no as second_month_no,
        first_round.budget_cny as first_budget_cny,
        second_round.budget_cny as second_budget_cny,
        first_round.executed_cny as first_executed_cny,
        second_round.executed_cny as second_executed_cny,
        first_round.execution_rate as first_execution_rate,
        second_round.execution_rate as second_execution_rate,
        first_round.goal_completion_rate as first_goal_completion_rate,
        second_round.goal_completion_rate as second_goal_completion_rate,
        first_round.gap as first_gap,
        second_round.gap as second_gap,
        first_round.triggers as first_triggers,
        second_round.triggers as second_triggers,
        first_round.is_execution_low and second_round.is_execution_low as is_execution_low_twice,
        first_round.is_completion_low and second_round.is_completion_low as is_completion_low_twice,
        first_round.is_gap_wide and second_round.is_gap_wide as is_gap_wide_twice,
        coalesce(
            (
                second_round.is_execution_low::integer + second_round.is_completion_low::integer
                + second_round.is_gap_wide::integer
            ) > (
                first_round.is_execution_low::integer + first_round.is_completion_low::integer
                + first_round.is_gap_wide::integer
            )
            or (second_round.is_gap_wide and second_round.gap > first_round.gap),
            false
        ) as is_worse,
        first_round._source_file as first_source_file,
        first_round._source_sheet as first_source_sheet,
        first_round._source_row as first_source_row,
        second_round.parameter_version,
        second_round._filing_id,
        second_round._file_sha256,
        second_round._source_file,
        second_round._source_sheet,
        second_round._source_row
    from flags as first_round
    inner join flags as second_round
        on
            first_round.bureau_code = second_round.bureau_code
            and first_round.fiscal_year = second_round.fiscal_year
            and first_round.project_code = second_round.project_code
    where first_round.round_no = 1 and second_round.round_no = 2
),

graded as (
    select
        paired.*,
        grades.grade,
        grades.proposed_action_zh,
        row_number() over (
            partition by paired.bureau_code, paired.fiscal_year, paired.project_code
            order by grades.preference
        ) as preference
    from paired
    left join grades
        on
            paired.fiscal_year >= coalesce(grades.valid_from_year, 0)
            and paired.fiscal_year <= coalesce(grades.valid_to_year, 9999)
            and (paired.is_worse or not coalesce(grades.is_worse_required, false))
            and case grades.both_rounds_trigger
                when 'LOW_EXECUTION' then paired.is_execution_low_twice
                when 'LOW_COMPLETION' then paired.is_completion_low_twice
                when 'GAP' then paired.is_gap_wide_twice
                else true
            end
),

warnings as (
    select
        graded.fiscal_year,
        graded.fiscal_year as work_year,
        graded.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        graded.unit_code,
        graded.unit_name,
        graded.project_code,
        graded.project_name,
        graded.fund_type,
        graded.grade,
        labels.label_zh as grade_name,
        graded.is_direct_fund,
        graded.is_worse,
        graded.first_triggers,
        graded.second_triggers,
        cast(graded.first_budget_cny as decimal(20, 2)) as first_budget_cny,
        cast(graded.second_budget_cny as decimal(20, 2)) as second_budget_cny,
        cast(graded.first_executed_cny as decimal(20, 2)) as first_executed_cny,
        cast(graded.second_executed_cny as decimal(20, 2)) as second_executed_cny,
        cast(graded.first_execution_rate as decimal(28, 10)) as first_execution_rate,
        cast(graded.second_execution_rate as decimal(28, 10)) as second_execution_rate,
        cast(graded.first_goal_completion_rate as decimal(28, 10)) as first_goal_completion_rate,
        cast(graded.second_goal_completion_rate as decimal(28, 10)) as second_goal_completion_rate,
        cast(graded.first_gap as decimal(28, 10)) as first_gap,
        cast(graded.second_gap as decimal(28, 10)) as second_gap,
        graded.proposed_action_zh as proposed_action,
        thresholds.consecutive_cut_ratio as cut_rate,
        cast(least(
            round(graded.second_budget_cny * thresholds.consecutive_cut_ratio, 2),
            greatest(graded.second_budget_cny - coalesce(graded.second_executed_cny, 0), 0)
        ) as decimal(20, 2)) as proposed_cut_cny,
        graded.parameter_version,
        graded.first_source_file,
        graded.first_source_sheet,
        graded.first_source_row,
        graded._filing_id,
        graded._file_sha256,
        graded._source_file,
        graded._source_sheet,
        graded._source_row
    from graded
    left join labels on graded.grade = labels.code
    left join thresholds on graded.fiscal_year = thresholds.fiscal_year
    left join bureaus
        on
            graded.bureau_code = bureaus.bureau_code
            and graded.fiscal_year = bureaus.fiscal_year
    where graded.preference = 1
),

-- without a published ratio no cut is proposed (least() ignores nulls)
proposed as (
    select * replace (case when cut_rate is not null then proposed_cut_cny end as proposed_cut_cny)
    from warnings
)

select * from proposed
