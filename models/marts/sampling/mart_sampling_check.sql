{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

monitoring as (
    select * from {{ ref('mart_deviation_flag') }}
),

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

sampling_results as (
    select * from {{ ref('fct_sampling_result') }}
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
    where contains(evaluation_type, '抽评')
),

project_names as (
    select * from {{ ref('int_project_names') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

population as (
    select distinct
        'monitoring' as frame_kind,
        fiscal_year as work_year,
        bureau_code,
        project_code
    from monitoring

    union all

    select distinct
        'self_evaluation' as frame_kind,
        fiscal_year + 1 as work_year,
        bureau_code,
        project_code
    from self_evaluations
),

sampled_rows as (
    select
        'monitoring' as frame_kind,
        work_year,
        work_year as fiscal_year,
        bureau_code,
        project_code,
        project_name,
        coalesce({{ match_text('unit_name') }}, '') as unit_key,
        {{ match_text('project_name') }} as name_key
    from sampling_results

    union all

    select
        'self_evaluation' as frame_kind,
        work_year,
        work_year - 1 as fiscal_year,
        bureau_code,
        object_code as project_code,
        object_name as project_name,
        coalesce({{ match_text('unit_name') }}, '') as unit_key,
        {{ match_text('object_name') }} as name_key
    from evaluations
),

-- a material without a code is that of the registered project its name means
sampled as (
    select distinct
        sampled_rows.frame_kind,
        sampled_rows.work_year,
        sampled_rows.bureau_code,
        coalesce(
            sampled_rows.project_code, project_names.project_code, sampled_rows.project_name
        ) as project_code
    from sampled_rows
    left join project_names
        on
            sampled_rows.bureau_code = project_names.bureau_code
            and sampled_rows.fiscal_year = project_names.fiscal_year
            and sampled_rows.unit_key = project_names.unit_key
            and sampled_rows.name_key = project_names.name_key
),

population_totals as (
    select
        frame_kind,
        work_year,
        bureau_code,
        count(*) as population_count
    from population
    group by frame_kind, work_year, bureau_code
),

-- a sampled project outside the population is shown and does not count towards the rate
sampled_totals as (
    select
        sampled.frame_kind,
        sampled.work_year,
        sampled.bureau_code,
        count(population.project_code) as sampled_count,
        count(*) - count(population.project_code) as outside_count
    from sampled
    left join population
        on
            sampled.frame_kind = population.frame_kind
            and sampled.work_year = population.work_year
            and sampled.bureau_code = population.bureau_code
            and sampled.project_code = population.project_code
    where sampled.bureau_code is not null
    group by sampled.frame_kind, sampled.work_year, sampled.bureau_code
),

-- the parameters and the names of the budget year sampled
combined as (
    select
        coalesce(population_totals.frame_kind, sampled_totals.frame_kind) as frame_kind,
        coalesce(population_totals.work_year, sampled_totals.work_year) as work_year,
        coalesce(population_totals.bureau_code, sampled_totals.bureau_code) as bureau_code,
        coalesce(population_totals.population_count, 0) as population_count,
        coalesce(sampled_totals.sampled_count, 0) as sampled_count,
        coalesce(sampled_totals.outside_count, 0) as outside_count
    from population_totals
    full outer join sampled_totals
        on
            population_totals.frame_kind = sampled_totals.frame_kind
            and population_totals.work_year = sampled_totals.work_year
            and population_totals.bureau_code = sampled_totals.bureau_code
),

framed as (
    select
        *,
        case when frame_kind = 'monitoring' then work_year else work_year - 1 end as fiscal_year
    from combined
),

-- the publishing bureau's own monitoring is reviewed in full, not sampled
required as (
    select
        framed.*,
        coalesce(bureaus.bureau_name, framed.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        coalesce(
            contains(thresholds.sample_required_frames, framed.frame_kind)
            and (framed.frame_kind = 'self_evaluation' or bureaus.tier_no > 1),
            false
        ) as is_required,
        thresholds.sample_rate as required_rate,
        {{ ceil_share('thresholds.sample_rate', 'framed.population_count') }} as required_count,
        thresholds.parameter_version
    from framed
    left join bureaus
        on
            framed.fiscal_year = bureaus.fiscal_year
            and framed.bureau_code = bureaus.bureau_code
    left join thresholds on framed.fiscal_year = thresholds.fiscal_year
),

checked as (
    select
        cast(work_year as integer) as work_year,
        cast(fiscal_year as integer) as fiscal_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        frame_kind,
        case
            when population_count = 0 or required_count is null then 'cannot_judge'
            when sampled_count >= required_count then 'pass'
            when not is_required then 'cannot_judge'
            when extract('year' from {{ as_of }}) > work_year then 'fail'
            else 'warn'
        end as verdict,
        case
            when population_count = 0 then 'no_population'
            when required_count is null then 'no_parameter'
            when sampled_count < required_count and not is_required then 'not_required'
        end as cannot_judge_reason,
        is_required,
        population_count,
        sampled_count,
        outside_count,
        required_count,
        try_cast({{ ratio('sampled_count', 'population_count') }} as decimal(18, 10))
            as sampled_rate,
        cast(required_rate as decimal(18, 10)) as required_rate,
        parameter_version
    from required
)

select * from checked
