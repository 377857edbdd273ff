with

measured as (
    select * from {{ ref('int_scorecard_bureaus_measured') }}
),

components as (
    select * from {{ ref('int_scorecard_components_scored') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

pivoted as (
    select
        work_year,
        bureau_code,
        max(points) filter (where component = 'on_time_rate') as on_time_points,
        max(points) filter (where component = 'open_errors') as open_errors_points,
        max(points) filter (where component = 'standing_days') as standing_days_points,
        max(points) filter (where component = 'repeat_rate') as repeat_points,
        count(*) filter (where points is null) as missing_component_count,
        sum(points) as points,
        sum(weight) filter (where points is not null) as present_weight
    from components
    group by all
),

rated as (
    select
        measured.*,
        pivoted.* exclude (work_year, bureau_code),
        {{ ratio('1000 * measured.open_error_count', 'measured.row_count') }}
            as open_errors_per_thousand,
        {{ ratio('1000 * measured.error_count', 'measured.row_count') }}
            as found_errors_per_thousand,
        thresholds.parameter_version
    from measured
    left join pivoted
        on
            measured.work_year = pivoted.work_year
            and measured.bureau_code = pivoted.bureau_code
    left join thresholds on measured.work_year = thresholds.fiscal_year
),

-- nothing is due yet: no score
scorecards as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        parent_bureau_code,
        cast(
            case
                when owed_count > 0 then {{ ratio('points * 100', 'present_weight') }}
            end as decimal(9, 4)
        ) as total_score,
        cast(on_time_points as decimal(9, 4)) as on_time_score,
        cast(open_errors_points as decimal(9, 4)) as open_errors_score,
        cast(standing_days_points as decimal(9, 4)) as standing_days_score,
        cast(repeat_points as decimal(9, 4)) as repeat_score,
        coalesce(missing_component_count, 0) as missing_component_count,
        cast(owed_count as bigint) as owed_count,
        cast(on_time_count as bigint) as on_time_count,
        cast(late_count as bigint) as late_count,
        cast(missing_count as bigint) as missing_count,
        try_cast({{ ratio('on_time_count', 'owed_count') }} as decimal(18, 10)) as on_time_rate,
        cast(row_count as bigint) as row_count,
        cast(error_count as bigint) as error_count,
        cast(warning_count as bigint) as warning_count,
        cast(info_count as bigint) as info_count,
        cast(excused_count as bigint) as excused_count,
        cast(open_error_count as bigint) as open_error_count,
        cast(open_warning_count as bigint) as open_warning_count,
        cast(open_errors_per_thousand as decimal(18, 4)) as open_errors_per_thousand,
        cast(found_errors_per_thousand as decimal(18, 4)) as found_errors_per_thousand,
        cast(
            lag(found_errors_per_thousand) over (partition by bureau_code order by work_year)
            as decimal(18, 4)
        ) as previous_errors_per_thousand,
        cast(fixed_count as bigint) as fixed_count,
        cast(median_days_to_fix as decimal(9, 1)) as median_days_to_fix,
        cast(median_days_standing as decimal(9, 1)) as median_days_standing,
        cast(rule_count as bigint) as rule_count,
        cast(repeated_rule_count as bigint) as repeated_rule_count,
        try_cast({{ ratio('repeated_rule_count', 'rule_count') }} as decimal(18, 10))
            as repeat_rate,
        parameter_version
    from rated
)

select * from scorecards
