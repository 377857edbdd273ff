-- The roster of budget year 2020: 1 region, 14 prefectures, 96 counties.
with

tiers as (
    select
        tier,
        count(*) as bureau_count
    from {{ ref('dim_bureau') }}
    where
        valid_from <= date '2020-12-31'
        and coalesce(valid_to, date '9999-12-31') >= date '2020-12-31'
    group by tier
),

differing as (
    select * from tiers
    where
        bureau_count <> case tier
            when 'region' then 1
            when 'prefecture' then 14
            when 'county' then 96
        end
)

select * from differing
