-- every record of an accepted filing is staged, in every kind of register
with

sent as (
    {%- for kind in record_kinds() %}
    select
        '{{ kind }}' as document_kind,
        count(*) as row_count
    from {{ source('raw', kind ~ '__records') }} as records
    inner join {{ ref('stg_ledger__filings') }} as filings
        on records._filing_id = filings.filing_id
    where not filings.is_rejected
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

staged as (
    {%- for kind in record_kinds() %}
    select
        '{{ kind }}' as document_kind,
        count(*) as row_count,
        count(distinct record_id) as id_count
    from {{ ref('stg_' ~ kind ~ '__records') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    sent.document_kind,
    sent.row_count as sent_row_count,
    staged.row_count as staged_row_count
from sent
inner join staged on sent.document_kind = staged.document_kind
where sent.row_count <> staged.row_count or staged.row_count <> staged.id_count
