-- 问：每次抽检各财政部门抽了多少、占多少、涉及多少钱，种子和总体校验值是什么？
-- 读法：每行一次抽取和一个财政部门；用 jixiao draw verify 可以由种子重新算出同一名单。
-- 注意：推荐项目（recommended_count）不是随机抽中的，不计入 drawn_rate；名单由
-- mart_sampling_audit_list 给出，备用项目 is_spare 不算抽中。
with quotas as (
    select * from {{ ref('mart_sampling_quota') }}
),

drawn as (
    select
        quotas.draw_id,
        quotas.frame_kind,
        quotas.fiscal_year,
        quotas.bureau_code,
        quotas.bureau_name,
        quotas.frame_count,
        quotas.quota_count,
        quotas.drawn_count,
        quotas.recommended_count,
        quotas.drawn_rate,
        quotas.frame_amount_cny,
        quotas.drawn_amount_cny,
        quotas.seed,
        quotas.frame_sha256
    from quotas
)

select * from drawn
order by draw_id, bureau_code
