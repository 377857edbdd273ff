with

units as (
    select * from {{ ref('int_overall_units_yearly') }}
),

-- a work year has the goals and monitoring of its own budget year, the self-evaluations of the last
evaluated as (
    select
        *,
        fiscal_year + 1 as work_year
    from units
    where has_self_evaluation
),

every_unit as (
    select
        bureau_code,
        fiscal_year as work_year,
        unit_key
    from units
    where is_registered or has_goal or has_monitoring
    union
    select
        bureau_code,
        work_year,
        unit_key
    from evaluated
),

register_years as (
    select distinct
        bureau_code,
        fiscal_year as work_year
    from units
    where has_register
),

judged as (
    select
        every_unit.bureau_code,
        every_unit.work_year,
        every_unit.work_year as fiscal_year,
        every_unit.work_year - 1 as evaluated_fiscal_year,
        every_unit.unit_key,
        coalesce(units.unit_code, evaluated.unit_code) as unit_code,
        coalesce(units.unit_name, evaluated.unit_name) as unit_name,
        coalesce(units.department_name, evaluated.department_name) as department_name,
        coalesce(units.is_registered, false) as is_registered,
        -- a bureau without a register owes for every unit that it filed anything for
        coalesce(units.is_registered, false) or register_years.bureau_code is null as is_due,
        coalesce(units.has_goal, false) as has_goal,
        coalesce(units.monitored_round_count, 0) as monitored_round_count,
        coalesce(units.has_monitoring, false) as has_monitoring,
        evaluated.unit_key is not null as has_self_evaluation,
        units.total_budget_cny,
        evaluated.annual_budget_cny as evaluated_budget_cny,
        evaluated.executed_cny as evaluated_executed_cny,
        try_cast(
            {{ ratio('evaluated.executed_cny', 'evaluated.annual_budget_cny') }}
            as decimal(18, 10)
        ) as evaluated_execution_rate,
        evaluated.declared_score,
        evaluated.grade,
        coalesce(evaluated.is_disclosed, false) as is_disclosed,
        coalesce(units._file_sha256, evaluated._file_sha256) as _file_sha256,
        coalesce(units._source_file, evaluated._source_file) as _source_file,
        coalesce(units._source_sheet, evaluated._source_sheet) as _source_sheet,
        coalesce(units._source_row, evaluated._source_row) as _source_row
    from every_unit
    left join units
        on
            every_unit.bureau_code = units.bureau_code
            and every_unit.work_year = units.fiscal_year
            and every_unit.unit_key = units.unit_key
    left join evaluated
        on
            every_unit.bureau_code = evaluated.bureau_code
            and every_unit.work_year = evaluated.work_year
            and every_unit.unit_key = evaluated.unit_key
    left join register_years
        on
            every_unit.bureau_code = register_years.bureau_code
            and every_unit.work_year = register_years.work_year
)

select * from judged
