-- 问：漏报的项目为什么漏：是没有报，是整份被退回，还是这一行被搁置？
-- 读法：每行一个预算年度、环节、轮次和原因；not_filed 未报送、file_quarantined 报送文件被隔离、
-- row_set_aside 该行未能入库、returned 审核未通过。
-- 注意：文件被隔离和行被搁置的，填报单位以为已经报了，先看 quality.fct_finding 再催；is_past_due
-- 为假的还没有到期，不算逾期。
with missing as (
    select * from {{ ref('mart_missing_project') }}
),

by_reason as (
    select
        missing.fiscal_year,
        missing.stage,
        missing.round_no,
        missing.reason,
        missing.is_past_due,
        count(*) as project_count,
        count(distinct missing.bureau_code) as bureau_count,
        sum(missing.amount_cny) as amount_cny
    from missing
    group by all
)

select * from by_reason
order by fiscal_year desc, stage, round_no, project_count desc, reason
