with

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
    where is_in_roster and tier_no in (2, 3)
),

jurisdictions as (
    select * from {{ ref('ref_jurisdiction') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

code_changes as (
    select
        sent_bureau_code,
        bureau_code as valid_bureau_code,
        coalesce(fiscal_year_from, 0) as first_year,
        coalesce(fiscal_year_to, 9999) as last_year
    from {{ ref('ref_bureau_code_change') }}
),

-- what is not yet due says nothing about a bureau
coverage as (
    select * from {{ ref('mart_stage_coverage') }}
    where scope = 'own' and fund_type = 'all' and is_past_due
),

scorecards as (
    select * from {{ ref('mart_bureau_scorecard') }}
    where total_score is not null
),

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

assessments as (
    select
        *,
        row_number() over (
            partition by work_year, bureau_code
            order by
                _loaded_at desc, _source_file desc, _source_sheet desc, _source_row desc
        ) as preference
    from {{ ref('fct_assessment') }}
    where object_type = '地区' and score is not null
),

operations as (
    select * from {{ ref('mart_indicator_automation') }}
),

covered as (
    select
        bureau_code,
        work_year,
        stage || '_coverage' as component,
        fiscal_year,
        sum(done_project_count) as numerator,
        sum(due_project_count) as denominator
    from coverage
    group by all
),

-- on time, sound, mended soon and not repeated
filed as (
    select
        bureau_code,
        work_year,
        'scorecard_score' as component,
        cast(null as integer) as fiscal_year,
        total_score as numerator,
        1 as denominator
    from scorecards
),

scored as (
    select
        bureau_code,
        work_year,
        'self_evaluation_mean_score' as component,
        fiscal_year,
        sum(declared_score) as numerator,
        count(declared_score) as denominator
    from self_evaluations
    group by all
),

assessed as (
    select
        bureau_code,
        work_year,
        'assessment_score' as component,
        cast(null as integer) as fiscal_year,
        score as numerator,
        1 as denominator
    from assessments
    where preference = 1
),

-- on a scale of 100 where the indicators' full scores are known
operated as (
    select
        bureau_code,
        work_year,
        'fiscal_operation_score' as component,
        cast(null as integer) as fiscal_year,
        total_score * 100 as numerator,
        coalesce(total_full_score, 100) as denominator
    from operations
),

measured as (
    select * from covered
    union all
    select * from filed
    union all
    select * from scored
    union all
    select * from assessed
    union all
    select * from operated
),

-- a bureau whose code changed between two budget years stays one bureau
recoded as (
    select
        coalesce(code_changes.valid_bureau_code, measured.bureau_code) as bureau_code,
        measured.work_year,
        measured.component,
        max(measured.fiscal_year) as fiscal_year,
        sum(measured.numerator) as numerator,
        sum(measured.denominator) as denominator
    from measured
    left join code_changes
        on
            measured.bureau_code = code_changes.sent_bureau_code
            and measured.work_year >= code_changes.first_year
            and measured.work_year <= code_changes.last_year
    group by all
),

components as (
    select
        bureaus.fiscal_year as work_year,
        case bureaus.tier_no when 2 then 'prefecture' else 'county' end as ranking_kind,
        jurisdictions.root_bureau_code as ranking_bureau_code,
        bureaus.bureau_code,
        bureaus.bureau_code as object_code,
        bureaus.bureau_name as object_name,
        recoded.component,
        recoded.fiscal_year,
        cast(recoded.numerator as decimal(38, 6)) as numerator,
        cast(recoded.denominator as decimal(38, 6)) as denominator
    from bureaus
    cross join jurisdictions
    left join recoded
        on bureaus.bureau_code = recoded.bureau_code and bureaus.fiscal_year = recoded.work_year
)

select * from components
