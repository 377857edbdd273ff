-- 问：年底仍然预警、可以收回财政的资金有多少，在哪些财政部门？
-- 读法：每行一个工作年度、财政部门和结论；fail 为最后一轮仍预警，cannot_judge 为看不出是否改进；
-- recoverable_cny 为预算数减执行数、不小于零。
-- 注意：可收回是上限，不是决定：已签合同待付的要扣除；缺预算数或执行数的项目金额为空，数在
-- without_amount_count；只有一轮监控的年度没有清单。金额单位写错的文件会使合计差一万倍，
-- unit_doubtful_cny 是其中来自这些文件的部分，逐行见 amounts_in_wrong_unit。
with recoveries as (
    select * from {{ ref('mart_recovery_list') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
),

-- 单位疑误（元与万元写错）的文件
doubtful as (
    select distinct findings._file_sha256
    from findings
    where findings.rule_id = 'QC-016' and findings.is_current
),

by_bureau as (
    select
        recoveries.work_year,
        recoveries.bureau_code,
        recoveries.bureau_name,
        recoveries.verdict,
        count(*) as project_count,
        count(*) filter (where recoveries.recoverable_cny is null) as without_amount_count,
        sum(recoveries.budget_cny) as budget_cny,
        sum(recoveries.executed_cny) as executed_cny,
        sum(recoveries.recoverable_cny) as recoverable_cny,
        sum(recoveries.recoverable_cny) filter (where doubtful._file_sha256 is not null)
            as unit_doubtful_cny
    from recoveries
    left join doubtful on recoveries._file_sha256 = doubtful._file_sha256
    group by all
)

select * from by_bureau
order by work_year desc, recoverable_cny desc nulls last, bureau_code, verdict
