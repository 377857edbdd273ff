-- a fact of records holds each record of the live filings once: naming its bureau adds and loses
-- none
with

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

live as (
    {%- for kind in record_kinds() %}
    select
        '{{ kind }}' as document_kind,
        count(*) as row_count
    from {{ ref('stg_' ~ kind ~ '__records') }} as records
    inner join filings on records._filing_id = filings.filing_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

facts as (
    {%- for kind in record_kinds() %}
    select
        '{{ kind }}' as document_kind,
        count(*) as row_count,
        count(distinct record_id) as id_count
    from {{ ref('fct_' ~ kind) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    live.document_kind,
    live.row_count as live_row_count,
    facts.row_count as fact_row_count
from live
inner join facts on live.document_kind = facts.document_kind
where live.row_count <> facts.row_count or facts.row_count <> facts.id_count
