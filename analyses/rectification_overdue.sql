-- 问：哪些问题逾期没有整改，逾期多少天，按规定应暂缓拨款的是否已经暂停？
-- 读法：每行一个问题；should_hold_payment 应暂缓而 is_payment_held 为假的是要追的；cannot_judge 为
-- 没有期限。
-- 注意：期限当日回复算按期；台账没有写期限的按报告日期加参数月数推算（due_basis）；逾期天数算到数
-- 据日期。
with rectifications as (
    select * from {{ ref('mart_rectification') }}
),

overdue as (
    select
        rectifications.work_year,
        rectifications.bureau_name,
        rectifications.unit_name,
        rectifications.object_name,
        rectifications.source_type,
        rectifications.problem,
        rectifications.verdict,
        rectifications.due_date,
        rectifications.due_basis,
        rectifications.overdue_day_count,
        rectifications.should_hold_payment,
        rectifications.is_payment_held,
        rectifications._source_file,
        rectifications._source_row
    from rectifications
    where
        rectifications.is_overdue
        or rectifications.verdict = 'cannot_judge'
        or (rectifications.should_hold_payment and not rectifications.is_payment_held)
)

select * from overdue
order by work_year desc, overdue_day_count desc nulls last, bureau_name, object_name
