-- Whoever is not done is on the list of missing projects, once.
with

coverage as (
    select * from {{ ref('mart_stage_coverage') }}
    where scope = 'own' and fund_type = 'all'
),

missing as (
    select
        fiscal_year,
        stage,
        round_no,
        bureau_code,
        count(*) as missing_count
    from {{ ref('mart_missing_project') }}
    group by all
),

differing as (
    select coverage.*
    from coverage
    left join missing
        on
            coverage.fiscal_year = missing.fiscal_year
            and coverage.stage = missing.stage
            and coverage.round_no is not distinct from missing.round_no
            and coverage.bureau_code = missing.bureau_code
    where
        coverage.due_project_count
        <> coverage.done_project_count + coalesce(missing.missing_count, 0)
        or coverage.done_project_count > coverage.due_project_count
)

select * from differing
