-- 问：上级所报与下级所报对不上的有哪些，差多少，是不是单位写错了？
-- 读法：每行一个双方或一方报送的对象；likely_unit_zh 为相差一万倍或一亿倍时可能写错的单位；双方的
-- 文件和行号都在后面。
-- 注意：lower_not_filed 是下级没有报，not_comparable 是双方没有共同的对象，都不是数字不符；差额为
-- 上级减下级。
with compared as (
    select * from {{ ref('mart_cross_tier_reconciliation') }}
),

differing as (
    select
        compared.work_year,
        compared.document_kind,
        compared.bureau_code,
        compared.bureau_name,
        compared.object_code,
        compared.object_name,
        compared.outcome,
        compared.verdict,
        compared.upper_amount_cny,
        compared.lower_amount_cny,
        compared.difference_cny,
        compared.likely_unit_zh,
        compared.upper_source_file,
        compared.upper_source_row,
        compared.lower_source_file,
        compared.lower_source_row
    from compared
    where compared.verdict <> 'pass'
)

select * from differing
order by work_year desc, abs(difference_cny) desc nulls last, bureau_code, object_name
