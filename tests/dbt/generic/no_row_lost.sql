{#- Rows of a staging model = rows of its raw table minus those of rejected filings. -#}
{% test no_row_lost(model, raw_table) %}

with counts as (
    select
        (
            select count(*)
            from {{ source('raw', raw_table) }} as sent
            inner join {{ ref('stg_ledger__filings') }} as filings
                on sent._filing_id = filings.filing_id
            where not filings.is_rejected
        ) as sent_row_count,
        (select count(*) from {{ model }}) as staged_row_count
)

select *
from counts
where sent_row_count <> staged_row_count

{% endtest %}
