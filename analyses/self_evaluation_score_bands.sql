-- 问：单位自评得分怎么分布，各级次各分数段有多少项目、多少钱？
-- 读法：每行一个预算年度、级次和分数段；mean_recomputed_score 是按公式重算的平均分，与申报平均分并
-- 列看自评松紧。
-- 注意：分数段按申报得分 declared_score；没有得分的单列为「无得分」，不并入最低段；等次界限按参
-- 数，不一定是这些整十分。金额单位写错的文件会使合计差一万倍，unit_doubtful_cny 是其中来自这些文件
-- 的部分，逐行见 amounts_in_wrong_unit。
with evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
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

banded as (
    select
        evaluations.fiscal_year,
        evaluations.tier,
        doubtful._file_sha256 is not null as is_unit_doubtful,
        case
            when evaluations.declared_score is null then '无得分'
            when evaluations.declared_score > 100 then '100分以上'
            when evaluations.declared_score >= 90 then '90-100'
            when evaluations.declared_score >= 80 then '80-90（不含90）'
            when evaluations.declared_score >= 60 then '60-80（不含80）'
            else '60以下'
        end as score_band,
        evaluations.declared_score,
        evaluations.recomputed_score,
        evaluations.budget_cny
    from evaluations
    left join doubtful on evaluations._file_sha256 = doubtful._file_sha256
),

counted as (
    select
        banded.fiscal_year,
        banded.tier,
        banded.score_band,
        count(*) as project_count,
        sum(banded.budget_cny) as budget_cny,
        sum(banded.budget_cny) filter (where banded.is_unit_doubtful) as unit_doubtful_cny,
        avg(banded.declared_score) as mean_declared_score,
        avg(banded.recomputed_score) as mean_recomputed_score
    from banded
    group by all
)

select * from counted
order by fiscal_year desc, tier, mean_declared_score desc nulls last
