-- 问：各地州市的综合排名是怎么来的，每项指标值多少、得多少分？
-- 读法：每行一个地州市的一项指标；points_of_100 为折算后得分，同一对象各行相加就是
-- composite_score。
-- 注意：缺失的指标不得零分，而是按其余指标折算（verdict 为 warn）；缺失超过一半的不排名；并列的名
-- 次相同、后面的名次顺延；县、单位、第三方机构的排名改 chosen 来看。
with ranked as (
    select * from {{ ref('mart_ranking') }}
),

components as (
    select * from {{ ref('mart_ranking_component') }}
),

-- 最近一年、最上一类；换一类：改为 select 2020 as work_year, 'county' as ranking_kind
chosen as (
    select
        ranked.work_year,
        ranked.ranking_kind
    from ranked
    order by
        ranked.work_year desc,
        list_position(['prefecture', 'county', 'unit', 'agency'], ranked.ranking_kind)
    limit 1
),

explained as (
    select
        ranked.work_year,
        ranked.ranking_kind,
        ranked.rank_no,
        ranked.object_code,
        ranked.object_name,
        ranked.verdict,
        ranked.composite_score,
        components.component_zh,
        components.is_missing,
        components.weight,
        components.rescaled_weight,
        components.numerator,
        components.denominator,
        components.value,
        components.attained_rate,
        components.rescaled_weight * components.attained_rate as points_of_100,
        components.drill_table
    from ranked
    inner join chosen
        on ranked.work_year = chosen.work_year
        and ranked.ranking_kind = chosen.ranking_kind
    inner join components
        on ranked.work_year = components.work_year
        and ranked.ranking_kind = components.ranking_kind
        and ranked.ranking_bureau_code = components.ranking_bureau_code
        and ranked.object_code = components.object_code
)

select * from explained
order by rank_no nulls last, object_code, weight desc, component_zh
