-- 某一日终了时哪些报送有效（此处为2020年度绩效目标、2020-04-05）：换日期、类别、年度即可。
-- 同一谓词也用于统计任何一日的报送进度；被退回的文件从不在内。
select
    mart_filing_history.bureau_code,
    mart_filing_history.bureau_name,
    mart_filing_history.document_kind,
    mart_filing_history.fiscal_year,
    mart_filing_history.round_no,
    mart_filing_history.received_date,
    mart_filing_history.live_to_date,
    mart_filing_history.project_row_count,
    mart_filing_history._source_file
from {{ ref('mart_filing_history') }} as mart_filing_history
where
    date '2020-04-05' between mart_filing_history.live_from_date
    and coalesce(mart_filing_history.live_to_date, date '9999-12-31')
    and mart_filing_history.document_kind = 'goal'
    and mart_filing_history.fiscal_year = 2020
order by mart_filing_history.bureau_code, mart_filing_history.sequence_no
