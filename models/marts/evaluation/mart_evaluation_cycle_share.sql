{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

cycles as (
    select * from {{ ref('mart_evaluation_cycle') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

counted as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        evaluation_type,
        count(*) as fund_count,
        count(*) filter (where is_evaluated_this_year) as evaluated_count,
        count(*) filter (where is_evaluated_in_cycle) as cycle_evaluated_count,
        sum(amount_cny) as fund_amount_cny,
        sum(amount_cny) filter (where is_evaluated_this_year) as evaluated_amount_cny
    from cycles
    group by work_year, bureau_code, bureau_name, tier, tier_no, evaluation_type
),

required as (
    select
        counted.*,
        {{ ceil_share('thresholds.cycle_min_share', 'counted.fund_count') }} as required_count,
        thresholds.cycle_min_share,
        thresholds.parameter_version
    from counted
    left join thresholds on counted.work_year = thresholds.fiscal_year
),

shares as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        evaluation_type,
        case
            when required_count is null then 'cannot_judge'
            when evaluated_count >= required_count then 'pass'
            when extract('year' from {{ as_of }}) > work_year then 'fail'
            else 'warn'
        end as verdict,
        cycle_evaluated_count = fund_count as is_cycle_complete,
        fund_count,
        evaluated_count,
        required_count,
        cycle_evaluated_count,
        try_cast({{ ratio('evaluated_count', 'fund_count') }} as decimal(18, 10)) as share,
        cast(cycle_min_share as decimal(18, 10)) as required_share,
        try_cast({{ ratio('cycle_evaluated_count', 'fund_count') }} as decimal(18, 10))
            as cycle_share,
        cast(coalesce(fund_amount_cny, 0) as decimal(20, 2)) as fund_amount_cny,
        cast(coalesce(evaluated_amount_cny, 0) as decimal(20, 2)) as evaluated_amount_cny,
        parameter_version
    from required
)

select * from shares
