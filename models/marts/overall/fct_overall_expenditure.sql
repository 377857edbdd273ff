with

units as (
    select * from {{ ref('int_overall_units_yearly') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

facts as (
    select
        units.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        units.fiscal_year,
        units.unit_key,
        units.unit_code,
        units.unit_name,
        units.department_name,
        units.is_registered,
        units.has_goal,
        units.monitored_round_count,
        units.has_monitoring,
        units.has_self_evaluation,
        units.total_budget_cny,
        units.basic_budget_cny,
        units.project_budget_cny,
        units.annual_budget_cny,
        units.executed_cny,
        try_cast(
            {{ ratio('units.executed_cny', 'units.annual_budget_cny') }} as decimal(18, 10)
        ) as execution_rate,
        units.declared_score,
        units.grade,
        units.is_disclosed,
        units.has_goal_text,
        units.has_actual_goal_text,
        units.overall_goal,
        units.actual_goal,
        units._file_sha256,
        units._source_file,
        units._source_sheet,
        units._source_row
    from units
    left join bureaus
        on
            units.bureau_code = bureaus.bureau_code
            and units.fiscal_year = bureaus.fiscal_year
)

select * from facts
