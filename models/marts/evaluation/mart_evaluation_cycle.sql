{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

catalogue as (
    select
        *,
        {{ match_text('fund_name') }} as fund_text
    from {{ ref('fct_special_fund') }}
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- a fund listed twice in one year's catalogue is one fund
ranked as (
    select
        *,
        row_number() over (
            partition by work_year, bureau_code, coalesce(fund_code, fund_text)
            order by _source_file, _source_sheet, _source_row
        ) as listing_no
    from catalogue
),

funds as (
    select * from ranked
    where listing_no = 1
),

-- a fund is known again by its code or by its name
fund_keys as (
    select
        work_year,
        bureau_code,
        record_id,
        'code:' || fund_code as fund_key
    from funds
    where fund_code is not null

    union all

    select
        work_year,
        bureau_code,
        record_id,
        'name:' || fund_text as fund_key
    from funds
    where fund_text is not null
),

first_listed as (
    select
        fund_keys.record_id,
        min(earlier.work_year) as first_listed_year
    from fund_keys
    inner join fund_keys as earlier
        on
            fund_keys.bureau_code = earlier.bureau_code
            and fund_keys.fund_key = earlier.fund_key
            and fund_keys.work_year >= earlier.work_year
    group by fund_keys.record_id
),

-- a key evaluation (重点评价) is the finance bureau's
typed as (
    select
        *,
        case
            when contains(evaluation_type, '部门评价') then '部门评价'
            when {{ text_matches('evaluation_type', '财政|重点评价') }} then '财政评价'
        end as cycle_type
    from evaluations
),

evaluation_keys as (
    select
        work_year,
        bureau_code,
        cycle_type,
        'code:' || object_code as fund_key
    from typed
    where cycle_type is not null and object_code is not null

    union

    select
        work_year,
        bureau_code,
        cycle_type,
        'name:' || {{ match_text('object_name') }} as fund_key
    from typed
    where cycle_type is not null and {{ match_text('object_name') }} is not null
),

evaluated as (
    select
        fund_keys.record_id,
        evaluation_keys.cycle_type,
        max(evaluation_keys.work_year) as last_evaluated_year,
        max(evaluation_keys.work_year)
        filter (where evaluation_keys.work_year < fund_keys.work_year) as previous_evaluated_year
    from fund_keys
    inner join evaluation_keys
        on
            fund_keys.bureau_code = evaluation_keys.bureau_code
            and fund_keys.fund_key = evaluation_keys.fund_key
            and fund_keys.work_year >= evaluation_keys.work_year
    group by fund_keys.record_id, evaluation_keys.cycle_type
),

typed_funds as (
    select
        funds.*,
        cycle_types.evaluation_type
    from funds
    cross join (
        select '部门评价' as evaluation_type
        union all
        select '财政评价' as evaluation_type
    ) as cycle_types
),

-- due the full cycle after the last evaluation before this year; a fund never evaluated is due in
-- the last year of the cycle that begins when it is first listed
dated as (
    select
        typed_funds.*,
        first_listed.first_listed_year,
        evaluated.last_evaluated_year,
        evaluated.previous_evaluated_year,
        coalesce(evaluated.previous_evaluated_year, first_listed.first_listed_year - 1)
        + thresholds.cycle_years as due_year,
        coalesce(evaluated.last_evaluated_year = typed_funds.work_year, false)
            as is_evaluated_this_year,
        coalesce(
            evaluated.last_evaluated_year > typed_funds.work_year - thresholds.cycle_years, false
        ) as is_evaluated_in_cycle,
        thresholds.parameter_version
    from typed_funds
    inner join first_listed on typed_funds.record_id = first_listed.record_id
    left join evaluated
        on
            typed_funds.record_id = evaluated.record_id
            and typed_funds.evaluation_type = evaluated.cycle_type
    left join thresholds on typed_funds.work_year = thresholds.fiscal_year
),

cycles as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        fund_code,
        fund_name,
        evaluation_type,
        unit_code,
        unit_name,
        department_name,
        fund_type,
        case
            when due_year is null then 'cannot_judge'
            when is_evaluated_this_year or work_year < due_year then 'pass'
            when extract('year' from {{ as_of }}) > work_year then 'fail'
            else 'warn'
        end as verdict,
        is_evaluated_this_year,
        is_evaluated_in_cycle,
        coalesce(work_year >= due_year, false) as is_due,
        cast(first_listed_year as integer) as first_listed_year,
        cast(last_evaluated_year as integer) as last_evaluated_year,
        cast(due_year as integer) as due_year,
        amount_cny,
        parameter_version,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from dated
)

select * from cycles
