{#- The row of the upper bureau carries the finding, except where only the lower one has a row. -#}
with

reconciled as (
    select * from {{ ref('mart_cross_tier_reconciliation') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

raised as (
    select
        case outcome
            when 'differs' then 'XT-001'
            when 'unit_suspected' then 'XT-002'
            when 'upper_only' then 'XT-003'
            when 'lower_only' then 'XT-004'
        end as rule_id,
        case
            when document_kind = 'result_application' then 'cut'
            else 'amount'
        end as field,
        case
            when outcome in ('differs', 'unit_suspected') then cast(upper_amount_cny as varchar)
            else coalesce(object_name, object_code)
        end as value_found,
        case
            when outcome in ('differs', 'unit_suspected')
                then coalesce(bureau_name, bureau_code) || '自报 ' || lower_amount_cny || ' 元'
            when outcome = 'upper_only' then coalesce(bureau_name, bureau_code)
            else coalesce(upper_bureau_name, upper_bureau_code)
        end as value_expected,
        case
            when outcome = 'unit_suspected' then likely_unit_zh
            when outcome = 'differs' then cast(difference_cny as varchar)
        end as difference,
        object_code,
        coalesce(upper_filing_id, lower_filing_id) as _filing_id,
        coalesce(upper_source_sheet, lower_source_sheet) as _source_sheet,
        coalesce(upper_source_row, lower_source_row) as _source_row
    from reconciled
    where outcome in ('differs', 'unit_suspected', 'upper_only', 'lower_only')
),

located as (
    select
        raised.rule_id,
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        filings.round_no,
        cast(null as varchar) as project_code,
        'records' as table_name,
        raised.field,
        raised.value_found,
        raised.value_expected,
        raised.difference,
        raised._filing_id,
        filings._file_sha256,
        filings._source_file,
        raised._source_sheet,
        raised._source_row,
        cast(null as integer) as project_row,
        filings.received_at as _loaded_at
    from raised
    inner join filings on raised._filing_id = filings.filing_id
)

select * from located
