with

bureaus_measured as (
    select * from {{ ref('int_ranking_bureaus_measured') }}
),

units_measured as (
    select * from {{ ref('int_ranking_units_measured') }}
),

agencies_measured as (
    select * from {{ ref('int_ranking_agencies_measured') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

components as (
    {{ jurisdiction_rows(ref('param_ranking_component'), ['ranking_kind']) }}
),

collected as (
    select * from bureaus_measured
    union all by name
    select * from units_measured
    union all by name
    select * from agencies_measured
),

measured as (
    select
        *,
        {{ ratio('numerator', 'denominator') }} as value
    from collected
),

work_years as (
    select distinct fiscal_year as work_year from bureaus
),

-- a list of which nothing is known is no ranking, nor is one of a year that has not begun: only
-- self-evaluations of the year before speak of it
lists as (
    select distinct
        measured.work_year,
        measured.ranking_kind,
        measured.ranking_bureau_code
    from measured
    inner join work_years on measured.work_year = work_years.work_year
    where measured.value is not null
),

objects as (
    select distinct
        measured.work_year,
        measured.ranking_kind,
        measured.ranking_bureau_code,
        measured.bureau_code,
        measured.object_code,
        measured.object_name
    from measured
    inner join lists
        on
            measured.work_year = lists.work_year
            and measured.ranking_kind = lists.ranking_kind
            and measured.ranking_bureau_code = lists.ranking_bureau_code
),

owed as (
    select
        objects.*,
        components.component,
        components.component_zh,
        components.weight,
        components.full_value,
        components.is_reverse,
        components.drill_table
    from objects
    inner join components
        on
            objects.ranking_kind = components.ranking_kind
            and objects.work_year >= coalesce(components.valid_from_year, 0)
            and objects.work_year <= coalesce(components.valid_to_year, 9999)
),

valued as (
    select
        owed.* exclude (full_value),
        measured.fiscal_year,
        measured.numerator,
        measured.denominator,
        measured.value,
        coalesce(
            owed.full_value,
            max(measured.value) over (
                partition by
                    owed.work_year, owed.ranking_kind, owed.ranking_bureau_code, owed.component
            )
        ) as full_value
    from owed
    left join measured
        on
            owed.work_year = measured.work_year
            and owed.ranking_kind = measured.ranking_kind
            and owed.ranking_bureau_code = measured.ranking_bureau_code
            and owed.object_code = measured.object_code
            and owed.component = measured.component
),

-- bonus points above the full value earn no more than the weight
attained as (
    select
        *,
        case
            when value is null or full_value is null or full_value = 0 then null
            when is_reverse
                then 1 - least(greatest({{ ratio('value', 'full_value') }}, 0), 1)
            else least(greatest({{ ratio('value', 'full_value') }}, 0), 1)
        end as attained_rate
    from valued
),

scored as (
    select
        work_year,
        ranking_kind,
        ranking_bureau_code,
        bureau_code,
        object_code,
        object_name,
        component,
        component_zh,
        drill_table,
        is_reverse,
        attained_rate is null as is_missing,
        fiscal_year,
        weight,
        try_cast(full_value as decimal(18, 4)) as full_value,
        numerator,
        denominator,
        try_cast(value as decimal(28, 10)) as value,
        cast(attained_rate as decimal(18, 10)) as attained_rate,
        cast(
            round(weight * cast(attained_rate as decimal(18, 10)), 10) as decimal(18, 10)
        ) as points,
        sum(weight) over (
            partition by work_year, ranking_kind, ranking_bureau_code, object_code
        ) as total_weight,
        sum(case when attained_rate is not null then weight else 0 end) over (
            partition by work_year, ranking_kind, ranking_bureau_code, object_code
        ) as present_weight
    from attained
)

select * from scored
