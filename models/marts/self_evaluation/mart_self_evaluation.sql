with

recomputed as (
    select * from {{ ref('int_self_evaluations_recomputed') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

evaluated as (
    select
        recomputed.fiscal_year,
        recomputed.fiscal_year + 1 as work_year,
        recomputed.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        recomputed.unit_code,
        recomputed.unit_name,
        recomputed.department_name,
        recomputed.project_code,
        recomputed.project_name,
        recomputed.fund_type,
        recomputed.grade,
        recomputed.grade_name,
        recomputed.declared_grade,
        case
            when recomputed.declared_score is null then 'cannot_judge'
            when recomputed.declared_score < recomputed.fail_score_line then 'fail'
            when
                recomputed.declared_score < recomputed.low_score_line
                or recomputed.is_gap_red
                or recomputed.is_unspent_yellow
                or abs(recomputed.declared_score - recomputed.recomputed_score)
                > recomputed.tolerance_score
                then 'warn'
            else 'pass'
        end as verdict,
        case
            when recomputed.declared_score is null then 'no_declared_score'
            else recomputed.cannot_judge_reason
        end as cannot_judge_reason,
        case
            when recomputed.is_gap_red then 'red'
            when recomputed.is_unspent_yellow then 'yellow'
            when recomputed.execution_rate is not null then 'green'
        end as light,
        coalesce(recomputed.declared_score < recomputed.low_score_line, false) as is_below_80,
        coalesce(recomputed.declared_score < recomputed.fail_score_line, false) as is_below_60,
        recomputed.is_gap_red,
        recomputed.is_unspent_yellow,
        recomputed.is_disclosed,
        recomputed.is_registered,
        cast(recomputed.budget_cny as decimal(20, 2)) as budget_cny,
        cast(recomputed.executed_cny as decimal(20, 2)) as executed_cny,
        cast(recomputed.execution_rate as decimal(28, 10)) as execution_rate,
        cast(recomputed.indicator_rate as decimal(28, 10)) as indicator_rate,
        recomputed.declared_execution_score,
        recomputed.recomputed_execution_score,
        recomputed.declared_score,
        recomputed.recomputed_score,
        cast(recomputed.declared_score - recomputed.recomputed_score as decimal(9, 4))
            as score_difference,
        recomputed.line_count as indicator_line_count,
        recomputed.judged_line_count,
        cast(recomputed.judged_weight_share as decimal(18, 10)) as judged_weight_rate,
        recomputed.parameter_version,
        recomputed._filing_id,
        recomputed._file_sha256,
        recomputed._source_file,
        recomputed._source_sheet,
        recomputed._source_row
    from recomputed
    left join bureaus
        on
            recomputed.bureau_code = bureaus.bureau_code
            and recomputed.fiscal_year = bureaus.fiscal_year
)

select * from evaluated
