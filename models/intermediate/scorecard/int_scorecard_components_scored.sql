with

measured as (
    select * from {{ ref('int_scorecard_bureaus_measured') }}
),

components as (
    {{ jurisdiction_rows(ref('param_scorecard_component'), ['component']) }}
),

-- a bureau that filed and of which nothing was found has nothing to mend; of one that filed nothing
-- only its silence can be judged
valued as (
    select
        work_year,
        bureau_code,
        'on_time_rate' as component,
        {{ ratio('on_time_count', 'owed_count') }} as value
    from measured

    union all

    select
        work_year,
        bureau_code,
        'open_errors' as component,
        {{ ratio('1000 * open_error_count', 'row_count') }} as value
    from measured

    union all

    select
        work_year,
        bureau_code,
        'standing_days' as component,
        cast(
            coalesce(median_days_standing, case when row_count > 0 then 0 end)
            as decimal(30, 14)
        ) as value
    from measured

    union all

    select
        work_year,
        bureau_code,
        'repeat_rate' as component,
        coalesce(
            {{ ratio('repeated_rule_count', 'rule_count') }}, case when row_count > 0 then 0 end
        ) as value
    from measured
),

scored as (
    select
        valued.work_year,
        valued.bureau_code,
        valued.component,
        components.component_zh,
        components.weight,
        valued.value,
        least(
            greatest(
                {{ ratio(
                    'valued.value - components.worst_value',
                    'components.best_value - components.worst_value'
                ) }},
                0
            ),
            1
        ) as attained_rate
    from valued
    inner join components
        on
            valued.component = components.component
            and valued.work_year >= coalesce(components.valid_from_year, 0)
            and valued.work_year <= coalesce(components.valid_to_year, 9999)
),

pointed as (
    select
        * exclude (attained_rate),
        case when value is not null then attained_rate end as attained_rate,
        case when value is not null then weight * cast(attained_rate as decimal(18, 10)) end
            as points
    from scored
)

select * from pointed
