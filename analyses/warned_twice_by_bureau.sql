-- 问：同一预算年度连续两次预警的项目，哪个财政部门最多，涉及多少预算，其中多少比第一次更重？
-- 读法：每行一个预算年度和财政部门；预算取第二次监控的预算数。
-- 注意：只报了一轮的项目不在内；建议调减金额在参数表没有调减比例时为空，空不是零。金额单位写错的文
-- 件会使合计差一万倍，unit_doubtful_cny 是其中来自这些文件的部分，逐行见 amounts_in_wrong_unit。
with warned_twice as (
    select * from {{ ref('mart_consecutive_warning') }}
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
        warned_twice.fiscal_year,
        warned_twice.bureau_code,
        warned_twice.bureau_name,
        count(*) as project_count,
        count(*) filter (where warned_twice.is_worse) as worse_project_count,
        sum(warned_twice.second_budget_cny) as budget_cny,
        sum(warned_twice.second_executed_cny) as executed_cny,
        sum(warned_twice.second_budget_cny) filter (where doubtful._file_sha256 is not null)
            as unit_doubtful_cny,
        sum(warned_twice.proposed_cut_cny) as proposed_cut_cny
    from warned_twice
    left join doubtful on warned_twice._file_sha256 = doubtful._file_sha256
    group by all
)

select * from by_bureau
order by fiscal_year desc, project_count desc, budget_cny desc, bureau_code
