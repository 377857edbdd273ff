with

units as (
    select * from {{ ref('int_overall_work_years') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

named as (
    select
        units.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        units.work_year,
        units.fiscal_year,
        units.evaluated_fiscal_year,
        units.unit_key,
        units.unit_code,
        units.unit_name,
        units.department_name,
        units.is_registered,
        units.is_due,
        units.has_goal,
        units.monitored_round_count,
        units.has_monitoring,
        units.has_self_evaluation,
        units.total_budget_cny,
        units.evaluated_budget_cny,
        units.evaluated_executed_cny,
        units.evaluated_execution_rate,
        units.declared_score,
        units.grade,
        units.is_disclosed,
        units._file_sha256,
        units._source_file,
        units._source_sheet,
        units._source_row
    from units
    left join bureaus
        on
            units.bureau_code = bureaus.bureau_code
            and units.work_year = bureaus.fiscal_year
)

select * from named
