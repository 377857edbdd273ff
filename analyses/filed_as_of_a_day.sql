-- 问：某一日终了时哪些报送有效（此处为最近一年的绩效目标、最近一次收件的那一天）？
-- 读法：每行一份当日有效的报送，live_to_date 为空的至今有效；换日期、类别、年度改 chosen 即可。
-- 注意：被退回的文件从不在内；后来被新报送替代的，在替代之前的日子仍然有效；不要用现在的
-- mart_filing_status 推算过去某一天。
with history as (
    select * from {{ ref('mart_filing_history') }}
),

-- 换日期：改为 select 'goal' as document_kind, 2020 as fiscal_year, date '2020-04-05' as day
chosen as (
    select
        history.document_kind,
        history.fiscal_year,
        max(history.received_date) as day
    from history
    where history.document_kind = 'goal'
    group by history.document_kind, history.fiscal_year
    order by history.fiscal_year desc
    limit 1
),

live_that_day as (
    select
        chosen.day,
        history.bureau_code,
        history.bureau_name,
        history.document_kind,
        history.fiscal_year,
        history.round_no,
        history.received_date,
        history.live_to_date,
        history.project_row_count,
        history.sequence_no,
        history._source_file
    from history
    inner join chosen
        on history.document_kind = chosen.document_kind
        and history.fiscal_year = chosen.fiscal_year
        and history.live_from_date <= chosen.day
        and coalesce(history.live_to_date, date '9999-12-31') >= chosen.day
)

select * from live_that_day
order by bureau_code, sequence_no
