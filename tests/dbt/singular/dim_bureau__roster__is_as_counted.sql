-- the roster of a jurisdiction has as many bureaus of each tier as were counted by hand (Xinjiang
-- at the end of 2020: 1 region, 14 prefectures, 96 counties)
with

tiers as (
    select * from {{ ref('ref_tier') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

bureaus as (
    select * from {{ ref('dim_bureau') }}
),

counted as (
    select
        tiers.tier,
        tiers.bureau_count as expected_count,
        count(bureaus.bureau_code) as bureau_count
    from tiers
    left join bureaus
        on
            tiers.tier = bureaus.tier
            and make_date(tiers.counted_year, 12, 31) >= bureaus.valid_from
            and make_date(tiers.counted_year, 12, 31)
            <= coalesce(bureaus.valid_to, date '9999-12-31')
    group by tiers.tier, tiers.bureau_count
)

select * from counted
where bureau_count <> expected_count
