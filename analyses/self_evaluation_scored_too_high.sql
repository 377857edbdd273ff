-- 问：哪些财政部门的自评得分普遍高于按公式重算的得分？
-- 读法：每行一个预算年度和财政部门；score_difference 为申报减重算，正数为高报；over_5_count 为高出
-- 5 分以上的项目数。
-- 注意：重算只用能判断的指标，可判断分值不足一半的项目没有重算得分、不在内；项目少的部门平均数不
-- 稳，看 compared_count。
with evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

by_bureau as (
    select
        evaluations.fiscal_year,
        evaluations.bureau_code,
        evaluations.bureau_name,
        count(*) as compared_count,
        count(*) filter (where evaluations.score_difference > 5) as over_5_count,
        avg(evaluations.declared_score) as mean_declared_score,
        avg(evaluations.recomputed_score) as mean_recomputed_score,
        avg(evaluations.score_difference) as mean_score_difference,
        max(evaluations.score_difference) as max_score_difference
    from evaluations
    where evaluations.score_difference is not null
    group by all
)

select * from by_bureau
order by fiscal_year desc, over_5_count desc, mean_score_difference desc, bureau_code
