with

scored as (
    select * from {{ ref('int_ranking_components_scored') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

summed as (
    select
        work_year,
        ranking_kind,
        ranking_bureau_code,
        bureau_code,
        object_code,
        object_name,
        count(*) as component_count,
        count(*) filter (where is_missing) as missing_component_count,
        max(total_weight) as total_weight,
        max(present_weight) as present_weight,
        sum(points) as points
    from scored
    group by all
),

-- exactly the share that may be missing is still enough
composed as (
    select
        summed.*,
        case
            when
                summed.total_weight - summed.present_weight
                <= thresholds.ranking_max_missing_share * summed.total_weight
                then try_cast(
                    {{ ratio('summed.points * 100', 'summed.present_weight') }} as decimal(9, 4)
                )
        end as composite_score,
        thresholds.parameter_version
    from summed
    left join thresholds on summed.work_year = thresholds.fiscal_year
),

-- equal composites share the rank and the next rank is skipped; who has none comes after all others
ranked as (
    select
        *,
        rank() over (
            partition by work_year, ranking_kind, ranking_bureau_code
            order by composite_score desc nulls last
        ) as place,
        count(*) over (
            partition by work_year, ranking_kind, ranking_bureau_code
        ) as object_count,
        count(composite_score) over (
            partition by work_year, ranking_kind, ranking_bureau_code
        ) as ranked_count,
        count(*) over (
            partition by work_year, ranking_kind, ranking_bureau_code, composite_score
        ) as sharing_count
    from composed
),

ranking as (
    select
        ranked.work_year,
        ranked.ranking_kind,
        ranked.ranking_bureau_code,
        ranked.object_code,
        ranked.object_name,
        ranked.bureau_code,
        coalesce(bureaus.bureau_name, ranked.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        case
            when ranked.composite_score is null then 'cannot_judge'
            when ranked.missing_component_count > 0 then 'warn'
            else 'pass'
        end as verdict,
        ranked.composite_score,
        cast(case when ranked.composite_score is not null then ranked.place end as integer)
            as rank_no,
        ranked.object_count,
        ranked.ranked_count,
        case when ranked.composite_score is not null then ranked.sharing_count end as tie_count,
        ranked.component_count,
        ranked.missing_component_count,
        try_cast(
            {{ ratio('ranked.total_weight - ranked.present_weight', 'ranked.total_weight') }}
            as decimal(18, 10)
        ) as missing_weight_share,
        ranked.parameter_version
    from ranked
    left join bureaus
        on
            ranked.bureau_code = bureaus.bureau_code
            and ranked.work_year = bureaus.fiscal_year
)

select * from ranking
