with

filings as (
    select * from {{ ref('int_filings_live') }}
),

slots as (
    select * from {{ ref('int_filing_slots') }}
),

ledger as (
    select * from {{ ref('stg_ledger__filings') }}
),

-- what took the place of a filing: the first accepted one of the night that replaced it; a list
-- replaces lists and forms, indicator files replace each other
successors as (
    select
        slot_id,
        filing_role,
        batch_no,
        min_by(filing_id, sequence_no) as superseded_by_filing_id
    from filings
    where is_accepted and filing_role in ('list', 'indicators')
    group by all
),

placed as (
    select
        *,
        case filing_role when 'indicators' then 'indicators' else 'list' end as replacing_role
    from filings
),

history as (
    select
        placed.filing_id,
        placed.document_kind,
        placed.fiscal_year,
        {{ work_year('placed.document_kind', 'placed.fiscal_year') }} as work_year,
        placed.round_no,
        placed.bureau_code,
        coalesce(slots.bureau_name, placed.bureau_code) as bureau_name,
        slots.tier,
        slots.tier_no,
        slots.parent_bureau_code,
        placed.layout,
        case
            when placed.is_rejected then 'rejected'
            when not placed.is_live then 'superseded'
            else placed.state
        end as status,
        placed.state as received_status,
        placed.state_reason,
        placed.is_live,
        coalesce(cast(placed.received_at as date) > slots.due_date, false) as is_late,
        slots.due_date,
        cast(placed.received_at as date) as received_date,
        placed.live_from_date,
        placed.live_to_date,
        successors.superseded_by_filing_id,
        placed.batch_no,
        placed.sequence_no,
        cast(ledger.source_row_count as bigint) as source_row_count,
        cast(ledger.loaded_row_count as bigint) as loaded_row_count,
        cast(ledger.set_aside_row_count as bigint) as set_aside_row_count,
        cast(placed.project_row_count as bigint) as project_row_count,
        cast(placed.indicator_row_count as bigint) as indicator_row_count,
        cast(ledger.error_count as bigint) as error_count,
        cast(ledger.warning_count as bigint) as warning_count,
        placed._file_sha256,
        placed._source_file
    from placed
    left join slots on placed.slot_id = slots.slot_id
    left join ledger on placed.filing_id = ledger.filing_id
    left join successors
        on
            placed.slot_id = successors.slot_id
            and placed.replacing_role = successors.filing_role
            and placed.replaced_in_batch_no = successors.batch_no
)

select * from history
