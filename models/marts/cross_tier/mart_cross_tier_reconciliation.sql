with

compared as (
    select * from {{ ref('int_cross_tier_rows_compared') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

reconciled as (
    select
        {{ row_key([
            'compared.document_kind', 'compared.work_year', 'compared.bureau_code',
            'compared.upper_bureau_code', 'compared.object_code', 'compared.object_name',
            'compared.detail_key', 'compared.has_upper'
        ]) }} as reconciliation_id,
        compared.document_kind,
        compared.work_year,
        compared.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        compared.upper_bureau_code,
        upper_bureaus.bureau_name as upper_bureau_name,
        compared.object_code,
        compared.object_name,
        compared.has_upper,
        compared.has_lower,
        compared.upper_amount_cny,
        compared.lower_amount_cny,
        cast(compared.difference_cny as decimal(20, 2)) as difference_cny,
        case
            when compared.unit_factor is null then null
            when compared.is_upper_larger then '上级'
            else '下级'
        end || case compared.unit_factor
            when 10000 then '大10,000倍（元与万元，或万元与亿元）'
            when 100000000 then '大100,000,000倍（元与亿元）'
        end as likely_unit_zh,
        case
            when not compared.is_lower_filed then 'lower_not_filed'
            when not compared.is_comparable then 'not_comparable'
            when not compared.has_lower then 'upper_only'
            when not compared.has_upper then 'lower_only'
            when compared.difference_cny is null then 'no_amount'
            when compared.unit_factor is not null then 'unit_suspected'
            when abs(compared.difference_cny) > thresholds.tolerance_money_cny then 'differs'
            else 'agrees'
        end as outcome,
        compared.upper_place.filing_id as upper_filing_id,
        compared.upper_place.sha256 as upper_file_sha256,
        compared.upper_place.file as upper_source_file,
        compared.upper_place.sheet as upper_source_sheet,
        compared.upper_place.row_no as upper_source_row,
        compared.lower_place.filing_id as lower_filing_id,
        compared.lower_place.sha256 as lower_file_sha256,
        compared.lower_place.file as lower_source_file,
        compared.lower_place.sheet as lower_source_sheet,
        compared.lower_place.row_no as lower_source_row,
        thresholds.parameter_version
    from compared
    left join thresholds on compared.work_year = thresholds.fiscal_year
    left join bureaus
        on
            compared.bureau_code = bureaus.bureau_code
            and compared.work_year = bureaus.fiscal_year
    left join bureaus as upper_bureaus
        on
            compared.upper_bureau_code = upper_bureaus.bureau_code
            and compared.work_year = upper_bureaus.fiscal_year
),

judged as (
    select
        *,
        case
            when outcome = 'agrees' then 'pass'
            when outcome in ('unit_suspected', 'differs') then 'fail'
            when outcome in ('upper_only', 'lower_only') then 'warn'
            else 'cannot_judge'
        end as verdict
    from reconciled
)

select * from judged
