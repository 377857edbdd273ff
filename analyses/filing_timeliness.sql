-- 问：哪些财政部门报得晚、报得不全？
-- 读法：每行一个工作年度和财政部门，各类材料合计；on_time_rate 为按时份数除以应报份数，低的在前。
-- 注意：零申报按时的算按时，不报不等于零申报；已退回没有重报的算未报；期限是经批准延期后的期限；这
-- 里是本级 own。
with timeliness as (
    select * from {{ ref('mart_timeliness') }}
),

by_bureau as (
    select
        timeliness.work_year,
        timeliness.bureau_code,
        timeliness.bureau_name,
        sum(timeliness.owed_count) as owed_count,
        sum(timeliness.on_time_count) as on_time_count,
        sum(timeliness.late_count) as late_count,
        sum(timeliness.missing_count) as missing_count,
        sum(timeliness.rejected_count) as rejected_count,
        max(timeliness.max_days_late) as max_days_late
    from timeliness
    where timeliness.scope = 'own'
    group by all
),

rated as (
    select
        by_bureau.*,
        {{ ratio('by_bureau.on_time_count', 'by_bureau.owed_count') }} as on_time_rate
    from by_bureau
    where by_bureau.owed_count > 0
)

select * from rated
order by work_year desc, on_time_rate, max_days_late desc nulls last, bureau_code
