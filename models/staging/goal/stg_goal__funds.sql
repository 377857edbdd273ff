with sent_funds as (
    select * from {{ source('raw', 'goal__funds') }}
),

filings as (
    select * from {{ ref('stg_ledger__filings') }}
    where not is_rejected
),

funds_cleaned as (
    select
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        {{ clean_text('sent_funds.line_no') }} as line_no,
        {{ squeeze('sent_funds.label') }} as label,
        sent_funds._money_unit as money_unit,
        {{ to_cny('sent_funds.amount', 'sent_funds._money_unit') }} as amount_cny,
        {{ clean_text('sent_funds.amount') }} as amount_text,
        sent_funds._project_row,
        sent_funds._filing_id,
        sent_funds._file_sha256,
        sent_funds._source_file,
        sent_funds._source_sheet,
        sent_funds._source_row,
        sent_funds._loaded_at
    from sent_funds
    inner join filings
        on sent_funds._filing_id = filings.filing_id
)

select * from funds_cleaned
