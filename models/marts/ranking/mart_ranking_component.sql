with

scored as (
    select * from {{ ref('int_ranking_components_scored') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- what is missing is left out and the weights of the rest are raised to a hundred
weighted as (
    select
        scored.work_year,
        scored.ranking_kind,
        scored.ranking_bureau_code,
        scored.object_code,
        scored.object_name,
        scored.bureau_code,
        coalesce(bureaus.bureau_name, scored.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        scored.component,
        scored.component_zh,
        scored.is_reverse,
        scored.is_missing,
        scored.fiscal_year,
        scored.weight,
        cast(
            case
                when scored.is_missing then 0
                else {{ ratio('scored.weight * 100', 'scored.present_weight') }}
            end as decimal(18, 10)
        ) as rescaled_weight,
        scored.full_value,
        scored.numerator,
        scored.denominator,
        scored.value,
        scored.attained_rate,
        scored.points,
        scored.drill_table
    from scored
    left join bureaus
        on
            scored.bureau_code = bureaus.bureau_code
            and scored.work_year = bureaus.fiscal_year
)

select * from weighted
