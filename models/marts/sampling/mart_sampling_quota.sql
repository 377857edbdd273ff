with

tickets as (
    select * from {{ ref('int_draw_tickets_ranked') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

counted as (
    select
        draw_id,
        frame_kind,
        fiscal_year,
        bureau_code,
        rate as quota_rate,
        frame_sha256,
        seed,
        max(frame_count) as frame_count,
        max(quota_count) as quota_count,
        count(*) filter (where is_drawn) as drawn_count,
        count(*) filter (where is_recommended and not is_drawn) as recommended_count,
        count(*) filter (where is_spare) as spare_count,
        sum(amount_cny) as frame_amount_cny,
        sum(amount_cny) filter (where is_drawn) as drawn_amount_cny
    from tickets
    group by all
),

quotas as (
    select
        counted.draw_id,
        counted.frame_kind,
        counted.fiscal_year,
        counted.bureau_code,
        coalesce(bureaus.bureau_name, counted.bureau_code) as bureau_name,
        bureaus.tier,
        cast(counted.frame_count as bigint) as frame_count,
        cast(counted.quota_count as bigint) as quota_count,
        cast(counted.drawn_count as bigint) as drawn_count,
        cast(counted.recommended_count as bigint) as recommended_count,
        cast(counted.spare_count as bigint) as spare_count,
        cast(counted.quota_rate as decimal(9, 6)) as quota_rate,
        try_cast({{ ratio('counted.drawn_count', 'counted.frame_count') }} as decimal(18, 10))
            as drawn_rate,
        cast(counted.frame_amount_cny as decimal(20, 2)) as frame_amount_cny,
        cast(coalesce(counted.drawn_amount_cny, 0) as decimal(20, 2)) as drawn_amount_cny,
        counted.frame_sha256,
        counted.seed
    from counted
    left join bureaus
        on
            counted.bureau_code = bureaus.bureau_code
            and counted.fiscal_year = bureaus.fiscal_year
)

select * from quotas
