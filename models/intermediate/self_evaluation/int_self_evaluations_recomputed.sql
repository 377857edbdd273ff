with

projects as (
    select * from {{ ref('int_projects_live') }}
    where document_kind = 'self_evaluation'
),

evaluations as (
    select * from {{ ref('int_self_evaluation_projects_corrected') }}
),

registers as (
    select * from {{ ref('int_projects_registered') }}
),

sums as (
    select * from {{ ref('int_indicators_summed') }}
    where document_kind = 'self_evaluation'
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

bands as (
    {{ jurisdiction_rows(ref('param_grade_band')) }}
),

-- the rate is scored on the whole year's budget, adjusted or not, never on the initial one
measured as (
    select
        projects.*,
        coalesce(registers.fund_type, 'other') as fund_type,
        registers.project_code is not null as is_registered,
        coalesce(
            evaluations.adjusted_budget_cny,
            evaluations.annual_budget_cny,
            evaluations.initial_budget_cny,
            registers.annual_budget_cny
        ) as budget_cny,
        evaluations.executed_cny,
        evaluations.declared_execution_rate,
        evaluations.declared_execution_score,
        evaluations.declared_score,
        evaluations.declared_grade,
        coalesce(evaluations.is_disclosed, false) as is_disclosed,
        coalesce(evaluations.execution_weight, thresholds.selfeval_execution_weight)
            as execution_weight,
        coalesce(sums.line_count, 0) as line_count,
        coalesce(sums.judged_line_count, 0) as judged_line_count,
        coalesce(sums.scored_line_count, 0) as scored_line_count,
        coalesce(sums.scoreless_line_count, 0) as scoreless_line_count,
        coalesce(sums.unexplained_line_count, 0) as unexplained_line_count,
        coalesce(sums.has_weights, false) as has_weights,
        sums.weight_total,
        sums.applicable_weight,
        sums.judged_weight_share,
        sums.declared_line_score,
        sums.recomputed_line_score,
        sums.completion_rate,
        thresholds.monitor_min_judgable_weight as minimum_judged_share,
        thresholds.selfeval_total_score as full_score,
        thresholds.selfeval_low_score as low_score_line,
        thresholds.selfeval_fail_score as fail_score_line,
        thresholds.selfeval_gap_red as gap_red,
        thresholds.selfeval_unspent_yellow as unspent_yellow,
        thresholds.selfeval_exec_reason_below as execution_reason_below,
        thresholds.tolerance_score,
        thresholds.parameter_version
    from projects
    inner join evaluations on projects.project_row_id = evaluations.project_row_id
    left join registers
        on
            projects.bureau_code = registers.bureau_code
            and projects.fiscal_year = registers.fiscal_year
            and projects.project_code = registers.project_code
    left join sums
        on
            projects.slot_id = sums.slot_id
            and projects.project_code = sums.project_code
    left join thresholds on projects.fiscal_year = thresholds.fiscal_year
),

rated as (
    select
        *,
        {{ ratio('executed_cny', 'budget_cny') }} as execution_rate,
        case when judged_weight_share >= minimum_judged_share then completion_rate end
            as indicator_rate
    from measured
),

-- min(w, w * execution / budget); a budget of zero has no rate and no score
executed as (
    select
        *,
        case
            when execution_rate is not null
                then cast(
                    round(execution_weight * greatest(least(execution_rate, 1), 0), 2)
                    as decimal(9, 4)
                )
        end as recomputed_execution_score
    from rated
),

-- lines that cannot be judged keep their declared score, as long as most of the weight is judged;
-- lines that do not apply are dropped and the rest is scaled to the full score
recomputed as (
    select
        *,
        case
            when line_count = 0 then 'no_indicators'
            when not has_weights then 'no_weights'
            when indicator_rate is null then 'low_judgable_weight'
            when scoreless_line_count > 0 then 'no_line_score'
            when budget_cny is null then 'no_budget'
            when budget_cny = 0 then 'zero_budget'
            when executed_cny is null then 'no_execution'
        end as cannot_judge_reason,
        try_cast(round(
            recomputed_execution_score
            + recomputed_line_score
            * {{ ratio('full_score - execution_weight', 'applicable_weight') }},
            2
        ) as decimal(9, 4)) as scaled_score,
        try_cast(round(recomputed_execution_score + recomputed_line_score, 2) as decimal(9, 4))
            as plain_score
    from executed
),

scored as (
    select
        *,
        case
            when cannot_judge_reason is not null then null
            when applicable_weight < weight_total then scaled_score
            else plain_score
        end as recomputed_score
    from recomputed
),

lit as (
    select
        *,
        coalesce(
            {{ ratio('indicator_rate - execution_rate', 'indicator_rate') }} > gap_red, false
        ) as is_gap_red,
        coalesce(
            budget_cny = 0
            or {{ ratio('budget_cny - executed_cny', 'budget_cny') }} > unspent_yellow,
            false
        ) as is_unspent_yellow
    from scored
),

graded as (
    select
        lit.*,
        bands.grade,
        bands.grade_zh_region as grade_name
    from lit
    left join bands
        on
            lit.fiscal_year >= coalesce(bands.valid_from_year, 0)
            and lit.fiscal_year <= coalesce(bands.valid_to_year, 9999)
            and lit.declared_score >= bands.min_score
            and (
                lit.declared_score < bands.max_score
                or (bands.is_max_included and lit.declared_score = bands.max_score)
            )
)

select * from graded
