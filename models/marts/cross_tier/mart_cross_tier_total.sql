with

rows_reconciled as (
    select * from {{ ref('mart_cross_tier_reconciliation') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

summed as (
    select
        document_kind,
        work_year,
        bureau_code,
        any_value(bureau_name) as bureau_name,
        any_value(tier) as tier,
        any_value(tier_no) as tier_no,
        upper_bureau_code,
        any_value(upper_bureau_name) as upper_bureau_name,
        count(*) filter (where has_upper) as upper_row_count,
        count(*) filter (where has_lower) as lower_row_count,
        count(*) filter (
            where outcome not in ('lower_not_filed', 'not_comparable')
        ) as compared_row_count,
        count(*) filter (where outcome = 'agrees') as agreeing_row_count,
        count(*) filter (where outcome in ('differs', 'unit_suspected')) as differing_row_count,
        count(*) filter (where outcome = 'upper_only') as upper_only_row_count,
        count(*) filter (where outcome = 'lower_only') as lower_only_row_count,
        cast(sum(upper_amount_cny) as decimal(20, 2)) as upper_amount_cny,
        cast(sum(lower_amount_cny) as decimal(20, 2)) as lower_amount_cny
    from rows_reconciled
    group by document_kind, work_year, bureau_code, upper_bureau_code
),

judged as (
    select
        summed.* exclude (compared_row_count),
        cast(summed.upper_amount_cny - summed.lower_amount_cny as decimal(20, 2))
            as difference_cny,
        case
            when summed.compared_row_count = 0 then 'cannot_judge'
            when
                abs(summed.upper_amount_cny - summed.lower_amount_cny)
                > thresholds.tolerance_money_cny
                or summed.differing_row_count > 0
                then 'fail'
            else 'pass'
        end as verdict
    from summed
    left join thresholds on summed.work_year = thresholds.fiscal_year
)

select * from judged
