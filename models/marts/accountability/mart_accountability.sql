with

unit_self_evaluations as (
    select * from {{ ref('mart_unit_self_evaluation') }}
),

departments as (
    select * from {{ ref('fct_overall_expenditure') }}
    where has_self_evaluation
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
),

rectifications as (
    select * from {{ ref('mart_rectification') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

stages as (
    select * from {{ ref('int_stages_expected') }}
    where document_kind = 'self_evaluation' and is_past_due
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- the mean of a unit's own projects; of others' evaluations, and of its self-evaluation as a whole,
-- every single one
results as (
    select
        fiscal_year,
        work_year,
        bureau_code,
        unit_code,
        unit_name,
        '单位自评' as result_kind,
        mean_score as score,
        cast(null as varchar) as grade
    from unit_self_evaluations

    union all

    select
        fiscal_year,
        fiscal_year + 1 as work_year,
        bureau_code,
        unit_code,
        unit_name,
        '部门整体自评' as result_kind,
        declared_score as score,
        grade
    from departments

    union all

    select
        coalesce(evaluated_year, work_year - 1) as fiscal_year,
        work_year,
        bureau_code,
        unit_code,
        coalesce(unit_name, object_name) as unit_name,
        evaluation_type as result_kind,
        score,
        grade
    from evaluations
    where evaluation_type <> '单位自评' or object_type = '部门整体'
),

named as (
    select
        bureau_code,
        unit_code,
        unit_name,
        {{ match_text('unit_name') }} as unit_text
    from results

    union all

    select
        bureau_code,
        unit_code,
        coalesce(unit_name, object_name) as unit_name,
        {{ match_text('coalesce(unit_name, object_name)') }} as unit_text
    from rectifications
),

-- a record without the unit's code belongs to the unit of that name, if only one code goes by it
unit_codes as (
    select
        bureau_code,
        unit_text,
        min(unit_code) as unit_code
    from named
    where unit_text is not null and unit_code is not null
    group by bureau_code, unit_text
    having count(distinct unit_code) = 1
),

-- the line of the year evaluated; where that year has no filings, of the year worked in
identified as (
    select
        results.fiscal_year,
        results.bureau_code,
        coalesce(results.unit_code, unit_codes.unit_code) as unit_code,
        results.unit_name,
        coalesce(results.unit_code, unit_codes.unit_code, {{ match_text('results.unit_name') }})
            as unit_key,
        results.result_kind,
        results.score,
        coalesce(results.grade = 'poor', false)
        or coalesce(
            results.score
            < coalesce(thresholds.selfeval_fail_score, work_thresholds.selfeval_fail_score),
            false
        ) as is_failed,
        results.grade is not null
        or (
            results.score is not null
            and coalesce(thresholds.selfeval_fail_score, work_thresholds.selfeval_fail_score)
            is not null
        ) as is_judged,
        coalesce(thresholds.parameter_version, work_thresholds.parameter_version)
            as parameter_version
    from results
    left join unit_codes
        on
            results.bureau_code = unit_codes.bureau_code
            and {{ match_text('results.unit_name') }} = unit_codes.unit_text
    left join thresholds on results.fiscal_year = thresholds.fiscal_year
    left join thresholds as work_thresholds on results.work_year = work_thresholds.fiscal_year
),

unit_years as (
    select
        fiscal_year,
        bureau_code,
        unit_key,
        max(unit_code) as unit_code,
        max(unit_name) as unit_name,
        bool_or(is_failed) as is_failed,
        bool_or(is_judged) as is_judged,
        count(*) filter (where is_failed) as failed_count,
        min(score) filter (where is_failed) as lowest_score,
        string_agg(distinct result_kind, '、' order by result_kind) filter (where is_failed)
            as failed_kinds,
        max(parameter_version) as parameter_version
    from identified
    where bureau_code is not null and unit_key is not null
    group by fiscal_year, bureau_code, unit_key
),

past_years as (
    select distinct fiscal_year from stages
),

-- after a failing year: failed again, or nothing to judge although the next year's self-evaluation
-- is over
next_years as (
    select
        unit_years.fiscal_year + 1 as fiscal_year,
        unit_years.bureau_code,
        unit_years.unit_key,
        unit_years.unit_code,
        unit_years.unit_name,
        unit_years.lowest_score as previous_score,
        unit_years.failed_kinds as previous_kinds,
        unit_years.failed_count as previous_failed_count,
        unit_years.parameter_version
    from unit_years
    where unit_years.is_failed
),

followed as (
    select
        next_years.*,
        unit_years.lowest_score as latest_score,
        unit_years.failed_kinds as latest_kinds,
        coalesce(unit_years.failed_count, 0) as latest_failed_count,
        coalesce(unit_years.is_failed, false) as is_failed_again,
        coalesce(unit_years.is_judged, false) as is_judged_again,
        past_years.fiscal_year is not null as is_past_due
    from next_years
    left join unit_years
        on
            next_years.fiscal_year = unit_years.fiscal_year
            and next_years.bureau_code = unit_years.bureau_code
            and next_years.unit_key = unit_years.unit_key
    left join past_years on next_years.fiscal_year = past_years.fiscal_year
),

consecutive as (
    select
        fiscal_year + 1 as work_year,
        fiscal_year,
        bureau_code,
        unit_key,
        unit_code,
        unit_name,
        'consecutive_failure' as reason,
        '连续两年绩效结果不合格' as reason_zh,
        concat_ws('、', fiscal_year - 1, fiscal_year) as years,
        case when is_failed_again then 'fail' else 'cannot_judge' end as verdict,
        previous_failed_count + latest_failed_count as case_count,
        previous_score,
        latest_score,
        concat_ws(
            '；',
            (fiscal_year - 1) || '年：' || previous_kinds,
            case
                when is_failed_again then fiscal_year || '年：' || latest_kinds
                else fiscal_year || '年：没有可判断的结果'
            end
        ) as evidence_zh,
        parameter_version
    from followed
    where is_failed_again or (not is_judged_again and is_past_due)
),

problems as (
    select
        rectifications.*,
        coalesce(
            rectifications.unit_code,
            unit_codes.unit_code,
            {{ match_text('coalesce(rectifications.unit_name, rectifications.object_name)') }}
        ) as unit_key,
        coalesce(rectifications.unit_code, unit_codes.unit_code) as known_unit_code
    from rectifications
    left join unit_codes
        on
            rectifications.bureau_code = unit_codes.bureau_code
            and {{ match_text('coalesce(rectifications.unit_name, rectifications.object_name)') }}
            = unit_codes.unit_text
    where
        rectifications.should_hold_payment
        or (rectifications.is_open and rectifications.due_date is null)
),

overdue as (
    select
        work_year,
        cast(null as integer) as fiscal_year,
        bureau_code,
        unit_key,
        max(known_unit_code) as unit_code,
        max(coalesce(unit_name, object_name)) as unit_name,
        'overdue_rectification' as reason,
        '整改逾期未完成' as reason_zh,
        cast(work_year as varchar) as years,
        case when bool_or(should_hold_payment) then 'fail' else 'cannot_judge' end as verdict,
        case
            when bool_or(should_hold_payment) then count(*) filter (where should_hold_payment)
            else count(*)
        end as case_count,
        cast(null as decimal(9, 4)) as previous_score,
        cast(null as decimal(9, 4)) as latest_score,
        case
            when bool_or(should_hold_payment)
                then concat(
                    '逾期未回复且未核实的问题', count(*) filter (where should_hold_payment), '个'
                )
            else concat('没有整改期限、尚未核实的问题', count(*), '个')
        end as evidence_zh,
        max(parameter_version) as parameter_version
    from problems
    group by work_year, bureau_code, unit_key
),

reasons as (
    select * from consecutive
    union all
    select * from overdue
),

-- a bureau has the name of the year worked in, or else of the year evaluated
accountable as (
    select
        cast(reasons.work_year as integer) as work_year,
        cast(reasons.fiscal_year as integer) as fiscal_year,
        reasons.bureau_code,
        coalesce(bureaus.bureau_name, evaluated_bureaus.bureau_name) as bureau_name,
        coalesce(bureaus.tier, evaluated_bureaus.tier) as tier,
        coalesce(bureaus.tier_no, evaluated_bureaus.tier_no) as tier_no,
        reasons.unit_key,
        reasons.unit_code,
        reasons.unit_name,
        reasons.reason,
        reasons.reason_zh,
        reasons.years,
        reasons.verdict,
        reasons.evidence_zh,
        cast(reasons.case_count as bigint) as case_count,
        cast(reasons.previous_score as decimal(9, 4)) as previous_score,
        cast(reasons.latest_score as decimal(9, 4)) as latest_score,
        reasons.parameter_version
    from reasons
    left join bureaus
        on
            reasons.work_year = bureaus.fiscal_year
            and reasons.bureau_code = bureaus.bureau_code
    left join bureaus as evaluated_bureaus
        on
            reasons.fiscal_year - 1 = evaluated_bureaus.fiscal_year
            and reasons.bureau_code = evaluated_bureaus.bureau_code
)

select * from accountable
