with

indicators as (
    select * from {{ ref('fct_fiscal_operation_indicator') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
    where is_in_roster and tier_no > 1
),

years as (
    select distinct work_year from indicators
),

-- a township's indicators (乡镇) are not the bureau's own
scored as (
    select
        work_year,
        bureau_code,
        count(*) as indicator_count,
        count(*) filter (where is_automated) as automated_count,
        count(distinct township_name) as township_count,
        sum(full_score) filter (where township_name is null) as full_score,
        sum(score) filter (where township_name is null) as total_score
    from indicators
    group by work_year, bureau_code
),

owed as (
    select
        years.work_year,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no
    from years
    inner join bureaus on years.work_year = bureaus.fiscal_year
),

scores as (
    select
        owed.work_year,
        owed.bureau_code,
        owed.bureau_name,
        owed.tier,
        owed.tier_no,
        scored.bureau_code is not null as is_evaluated,
        coalesce(scored.indicator_count, 0) as indicator_count,
        coalesce(scored.automated_count, 0) as automated_count,
        coalesce(scored.township_count, 0) as township_count,
        cast(scored.full_score as decimal(9, 4)) as full_score,
        cast(scored.total_score as decimal(9, 4)) as total_score
    from owed
    left join scored
        on owed.work_year = scored.work_year and owed.bureau_code = scored.bureau_code
)

select * from scores
