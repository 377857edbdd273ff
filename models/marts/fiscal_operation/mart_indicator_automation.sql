with

indicators as (
    select * from {{ ref('fct_fiscal_operation_indicator') }}
    where bureau_code is not null
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

keyed as (
    select
        *,
        {{ match_text('township_name') }} as township_text,
        {{ match_text('indicator_name') }} as indicator_text
    from indicators
),

-- an indicator counts once, with its newest year and row
ranked as (
    select
        *,
        row_number() over (
            partition by work_year, bureau_code, township_text, indicator_text
            order by
                evaluated_year desc nulls last, _loaded_at desc, _source_file desc,
                _source_sheet desc, _source_row desc
        ) as preference
    from keyed
),

-- the bureau itself has no township
places as (
    select
        work_year,
        bureau_code,
        township_text,
        max(bureau_name) as bureau_name,
        max(tier) as tier,
        max(tier_no) as tier_no,
        count(*) as indicator_count,
        count(*) filter (where is_automated) as automated_count,
        sum(score) as place_score,
        case when count(full_score) = count(*) then sum(full_score) end as place_full_score
    from ranked
    where preference = 1
    group by work_year, bureau_code, township_text
),

-- where only townships were scored, the bureau's score is their mean
bureaus as (
    select
        work_year,
        bureau_code,
        max(bureau_name) as bureau_name,
        max(tier) as tier,
        max(tier_no) as tier_no,
        cast(sum(indicator_count) as bigint) as indicator_count,
        cast(sum(automated_count) as bigint) as automated_count,
        count(township_text) as township_count,
        coalesce(
            max(place_score) filter (where township_text is null),
            {{ ratio('sum(place_score)', 'count(place_score)') }}
        ) as total_score,
        coalesce(
            max(place_full_score) filter (where township_text is null),
            case
                when count(place_full_score) = count(*)
                    then {{ ratio('sum(place_full_score)', 'count(place_full_score)') }}
            end
        ) as total_full_score
    from places
    group by work_year, bureau_code
),

rated as (
    select
        bureaus.work_year,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        case
            when thresholds.automation_min_rate is null then 'cannot_judge'
            when
                bureaus.automated_count
                >= {{ ceil_share('thresholds.automation_min_rate', 'bureaus.indicator_count') }}
                then 'pass'
            else 'fail'
        end as verdict,
        bureaus.indicator_count,
        bureaus.automated_count,
        try_cast(
            {{ ratio('bureaus.automated_count', 'bureaus.indicator_count') }} as decimal(18, 10)
        ) as automation_rate,
        cast(thresholds.automation_min_rate as decimal(18, 10)) as required_rate,
        bureaus.township_count,
        cast(bureaus.total_score as decimal(9, 4)) as total_score,
        cast(bureaus.total_full_score as decimal(9, 4)) as total_full_score,
        thresholds.parameter_version
    from bureaus
    left join thresholds on bureaus.work_year = thresholds.fiscal_year
)

select * from rated
