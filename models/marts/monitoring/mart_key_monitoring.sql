{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

catalogue as (
    select
        *,
        {{ match_text('fund_name') }} as fund_text
    from {{ ref('fct_special_fund') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- a fund listed twice in one year's catalogue is one fund, monitored if either line says so
ranked as (
    select
        * replace (
            bool_or(is_key_monitored) over (
                partition by work_year, bureau_code, coalesce(fund_code, fund_text)
            ) as is_key_monitored
        ),
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
        is_key_monitored,
        'code:' || fund_code as fund_key
    from funds
    where fund_code is not null

    union all

    select
        work_year,
        bureau_code,
        record_id,
        is_key_monitored,
        'name:' || fund_text as fund_key
    from funds
    where fund_text is not null
),

histories as (
    select
        fund_keys.record_id,
        min(earlier.work_year) as first_listed_year,
        max(earlier.work_year) filter (where earlier.is_key_monitored) as last_monitored_year
    from fund_keys
    inner join fund_keys as earlier
        on
            fund_keys.bureau_code = earlier.bureau_code
            and fund_keys.fund_key = earlier.fund_key
            and fund_keys.work_year >= earlier.work_year
    group by fund_keys.record_id
),

dated as (
    select
        funds.*,
        histories.first_listed_year,
        histories.last_monitored_year,
        histories.first_listed_year - 1 + thresholds.cycle_years as due_year,
        coalesce(
            histories.last_monitored_year > funds.work_year - thresholds.cycle_years, false
        ) as is_key_monitored_in_cycle,
        thresholds.cycle_years,
        thresholds.parameter_version
    from funds
    inner join histories on funds.record_id = histories.record_id
    left join thresholds on funds.work_year = thresholds.fiscal_year
),

monitored as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        fund_code,
        fund_name,
        unit_code,
        unit_name,
        department_name,
        fund_type,
        case
            when cycle_years is null then 'cannot_judge'
            when is_key_monitored_in_cycle or work_year < due_year then 'pass'
            when extract('year' from {{ as_of }}) > work_year then 'fail'
            else 'warn'
        end as verdict,
        is_key_monitored,
        is_key_monitored_in_cycle,
        cast(first_listed_year as integer) as first_listed_year,
        cast(last_monitored_year as integer) as last_monitored_year,
        amount_cny,
        parameter_version,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from dated
)

select * from monitored
