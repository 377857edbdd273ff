{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

results as (
    select * from {{ ref('fct_sampling_result') }}
),

-- what is dated after the cut-off day has not happened yet
dated as (
    select
        * replace (
            case when rectified_date <= {{ as_of }} then rectified_date end as rectified_date
        ),
        problem is not null
        and not {{ text_matches('problem', '^(没有|暂无|无|未发现|未见)(问题|异常)?$') }}
            as has_problem
    from results
),

flagged as (
    select
        *,
        has_problem and rectified_date is not null as is_rectified,
        coalesce(has_problem and due_date < {{ as_of }} and rectified_date is null, false)
            as is_overdue,
        coalesce(has_problem and rectified_date > due_date, false) as is_rectified_late
    from dated
),

materials as (
    select
        record_id,
        work_year,
        evaluated_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        unit_code,
        unit_name,
        project_code,
        project_name,
        material_kind,
        selection_method,
        recheck_grade,
        problem,
        case
            when is_overdue then 'fail'
            when has_problem and due_date is null then 'cannot_judge'
            when is_rectified_late or (has_problem and not is_rectified) then 'warn'
            when not has_problem and recheck_score is null then 'cannot_judge'
            else 'pass'
        end as verdict,
        case
            when has_problem and due_date is null then 'no_due_date'
            when not has_problem and recheck_score is null then 'no_recheck_score'
        end as cannot_judge_reason,
        has_problem,
        is_rectified,
        is_overdue,
        original_score,
        recheck_score,
        cast(original_score - recheck_score as decimal(9, 4)) as score_difference,
        amount_cny,
        returned_date,
        due_date,
        rectified_date,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from flagged
)

select * from materials
