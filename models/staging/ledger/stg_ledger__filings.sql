with filings as (
    select * from {{ source('ops', 'filing') }}
),

code_changes as (
    select * from {{ ref('ref_bureau_code_change') }}
),

filings_typed as (
    select
        filings.filing_id,
        coalesce(code_changes.bureau_code, filings.bureau_code) as bureau_code,
        filings.bureau_code as sent_bureau_code,
        filings.document_kind,
        cast(filings.fiscal_year as integer) as fiscal_year,
        cast(filings.round_no as integer) as round_no,
        cast(filings.month_no as integer) as month_no,
        filings.layout,
        filings.has_projects,
        filings.has_indicators,
        filings.state,
        filings.state_reason,
        filings.state = 'rejected' as is_rejected,
        filings.receipt_id,
        cast(filings.batch_no as integer) as batch_no,
        cast(filings.sequence_no as bigint) as sequence_no,
        cast(filings.sheet_count as integer) as sheet_count,
        cast(filings.source_row_count as integer) as source_row_count,
        cast(filings.loaded_row_count as integer) as loaded_row_count,
        cast(filings.set_aside_row_count as integer) as set_aside_row_count,
        cast(filings.project_row_count as integer) as project_row_count,
        cast(filings.indicator_row_count as integer) as indicator_row_count,
        cast(filings.error_count as integer) as error_count,
        cast(filings.warning_count as integer) as warning_count,
        cast(filings.received_at as timestamp) as received_at,
        filings.file_sha256 as _file_sha256,
        filings.source_file as _source_file
    from filings
    left join code_changes
        on filings.bureau_code = code_changes.sent_bureau_code
        and cast(filings.fiscal_year as integer)
            between coalesce(code_changes.fiscal_year_from, 0)
            and coalesce(code_changes.fiscal_year_to, 9999)
)

select * from filings_typed
