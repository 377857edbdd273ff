with sent_funds as (
    select * from {{ source('raw', 'self_evaluation__funds') }}
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
        {{ to_cny('sent_funds.initial_budget', 'sent_funds._money_unit') }} as initial_budget_cny,
        {{ clean_text('sent_funds.initial_budget') }} as initial_budget_text,
        {{ to_cny('sent_funds.annual_budget', 'sent_funds._money_unit') }} as annual_budget_cny,
        {{ clean_text('sent_funds.annual_budget') }} as annual_budget_text,
        {{ to_cny('sent_funds.executed', 'sent_funds._money_unit') }} as executed_cny,
        {{ clean_text('sent_funds.executed') }} as executed_text,
        {{ clean_rate('sent_funds.execution_rate') }} as declared_execution_rate,
        {{ is_rate_ambiguous('sent_funds.execution_rate') }} as is_declared_rate_ambiguous,
        {{ clean_text('sent_funds.execution_rate') }} as declared_execution_rate_text,
        {{ clean_score('sent_funds.weight') }} as weight,
        {{ clean_text('sent_funds.weight') }} as weight_text,
        {{ clean_score('sent_funds.score') }} as declared_score,
        {{ clean_text('sent_funds.score') }} as declared_score_text,
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
