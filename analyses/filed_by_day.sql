-- 问：报送是怎样一天天到齐的：每个收件日终了时累计有多少财政部门有了有效报送？
-- 读法：每行一类材料、预算年度、轮次和一个有收件的日子；live_bureau_count 为当日终了时有有效报送的
-- 部门数。
-- 注意：一个部门一份多文件只算一个；被退回又没有替代的部门会使累计数下降，这是真的，不是错。
with history as (
    select * from {{ ref('mart_filing_history') }}
),

days as (
    select distinct
        history.document_kind,
        history.fiscal_year,
        history.round_no,
        history.received_date as day
    from history
),

counted as (
    select
        days.document_kind,
        days.fiscal_year,
        days.round_no,
        days.day,
        count(distinct history.bureau_code) as live_bureau_count,
        sum(history.project_row_count) as project_row_count
    from days
    inner join history
        on days.document_kind = history.document_kind
        and days.fiscal_year = history.fiscal_year
        and days.round_no is not distinct from history.round_no
        and history.live_from_date <= days.day
        and coalesce(history.live_to_date, date '9999-12-31') >= days.day
    group by all
)

select * from counted
order by fiscal_year desc, document_kind, round_no, day
