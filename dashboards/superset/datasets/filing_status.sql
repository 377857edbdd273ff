-- 每份应报材料一行；不应报而报来的不计。
with
{% include 'bureau_area.sql' %}
select
    mart_filing_status.work_year::varchar as work_year,
    mart_filing_status.fiscal_year::varchar as fiscal_year,
    mart_filing_status.fiscal_year || '年' || {{ label('document_kind', 'document_kind') }}
    || coalesce('第' || mart_filing_status.round_no || '次', '') as filing_slot,
    {{ label('document_kind', 'document_kind') }} as document_kind,
    {{ label('tier', 'mart_filing_status.tier') }} as tier,
    bureau_area.prefecture,
    mart_filing_status.bureau_name,
    {{ label('filing_status', 'status') }} as status,
    mart_filing_status.is_filed,
    mart_filing_status.is_late,
    mart_filing_status.days_late,
    mart_filing_status.project_count,
    mart_filing_status.error_count,
    mart_filing_status.warning_count,
    mart_filing_status.due_date,
    mart_filing_status.received_at,
    mart_filing_status._source_file
from marts.mart_filing_status
left join bureau_area on mart_filing_status.bureau_code = bureau_area.bureau_code
where mart_filing_status.is_owed
