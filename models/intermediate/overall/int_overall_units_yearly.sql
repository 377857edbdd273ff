with

units as (
    select * from {{ ref('int_overall_units_live') }}
),

registered as (
    select * from {{ ref('fct_unit_register') }}
),

unit_names as (
    select * from {{ ref('int_overall_unit_names') }}
),

register_units as (
    select
        registered.bureau_code,
        registered.work_year as fiscal_year,
        {{ overall_unit_key('registered', 'unit_names') }} as unit_key,
        any_value(registered.unit_code order by registered.record_id) as unit_code,
        any_value(registered.unit_name order by registered.record_id) as unit_name,
        any_value(registered.department_name order by registered.record_id) as department_name,
        min({
            'file_sha256': registered._file_sha256,
            'source_file': registered._source_file,
            'source_sheet': registered._source_sheet,
            'source_row': registered._source_row
        }) as source
    from registered
    left join unit_names
        on
            registered.bureau_code = unit_names.bureau_code
            and {{ match_text('registered.unit_name') }} = unit_names.name_key
    group by all
),

goals as (
    select * from units
    where document_kind = 'overall_goal'
),

self_evaluations as (
    select * from units
    where document_kind = 'overall_self_evaluation'
),

monitored as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        count(*) as round_count,
        max(round_no) as last_round_no
    from units
    where document_kind = 'overall_monitoring'
    group by all
),

last_rounds as (
    select units.*
    from units
    inner join monitored
        on
            units.bureau_code = monitored.bureau_code
            and units.fiscal_year = monitored.fiscal_year
            and units.unit_key = monitored.unit_key
            and units.round_no = monitored.last_round_no
    where units.document_kind = 'overall_monitoring'
),

-- every unit of the year once: named as in the register, else as in the goal and so on; found
-- in its goal, else in another filing, else in the register
sent as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        unit_code,
        unit_name,
        department_name,
        1 as name_place,
        4 as source_place,
        source
    from register_units
    where unit_key is not null
    {%- for filings in ['goals', 'self_evaluations', 'last_rounds'] %}

    union all

    select
        bureau_code,
        fiscal_year,
        unit_key,
        unit_code,
        unit_name,
        department_name,
        {{ loop.index + 1 }} as name_place,
        {{ loop.index }} as source_place,
        {
            'file_sha256': _file_sha256,
            'source_file': _source_file,
            'source_sheet': _source_sheet,
            'source_row': _source_row
        } as source
    from {{ filings }}
    {%- endfor %}
),

every_unit as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        any_value(unit_code order by name_place) as unit_code,
        any_value(unit_name order by name_place) as unit_name,
        any_value(department_name order by name_place) as department_name,
        bool_or(name_place = 1) as is_registered,
        arg_min(source, source_place) as source
    from sent
    group by all
),

register_years as (
    select distinct
        bureau_code,
        fiscal_year
    from register_units
),

yearly as (
    select
        every_unit.bureau_code,
        every_unit.fiscal_year,
        every_unit.unit_key,
        every_unit.unit_code,
        every_unit.unit_name,
        every_unit.department_name,
        every_unit.is_registered,
        register_years.bureau_code is not null as has_register,
        goals.unit_key is not null as has_goal,
        coalesce(monitored.round_count, 0) as monitored_round_count,
        monitored.unit_key is not null as has_monitoring,
        self_evaluations.unit_key is not null as has_self_evaluation,
        coalesce(
            goals.total_budget_cny,
            last_rounds.total_budget_cny,
            last_rounds.annual_budget_cny,
            last_rounds.initial_budget_cny,
            self_evaluations.total_budget_cny,
            self_evaluations.initial_budget_cny,
            self_evaluations.annual_budget_cny
        ) as total_budget_cny,
        coalesce(
            goals.basic_budget_cny, last_rounds.basic_budget_cny, self_evaluations.basic_budget_cny
        ) as basic_budget_cny,
        coalesce(
            goals.project_budget_cny,
            last_rounds.project_budget_cny,
            self_evaluations.project_budget_cny
        ) as project_budget_cny,
        coalesce(
            self_evaluations.annual_budget_cny,
            self_evaluations.total_budget_cny,
            last_rounds.annual_budget_cny,
            last_rounds.total_budget_cny,
            self_evaluations.initial_budget_cny,
            last_rounds.initial_budget_cny,
            goals.total_budget_cny
        ) as annual_budget_cny,
        coalesce(self_evaluations.executed_cny, last_rounds.executed_cny) as executed_cny,
        self_evaluations.declared_score,
        self_evaluations.declared_grade as grade,
        coalesce(self_evaluations.is_disclosed, false) as is_disclosed,
        goals.overall_goal is not null as has_goal_text,
        self_evaluations.actual_goal is not null as has_actual_goal_text,
        goals.overall_goal,
        self_evaluations.actual_goal,
        every_unit.source.file_sha256 as _file_sha256,
        every_unit.source.source_file as _source_file,
        every_unit.source.source_sheet as _source_sheet,
        every_unit.source.source_row as _source_row
    from every_unit
    left join register_years
        on
            every_unit.bureau_code = register_years.bureau_code
            and every_unit.fiscal_year = register_years.fiscal_year
    left join goals
        on
            every_unit.bureau_code = goals.bureau_code
            and every_unit.fiscal_year = goals.fiscal_year
            and every_unit.unit_key = goals.unit_key
    left join monitored
        on
            every_unit.bureau_code = monitored.bureau_code
            and every_unit.fiscal_year = monitored.fiscal_year
            and every_unit.unit_key = monitored.unit_key
    left join last_rounds
        on
            every_unit.bureau_code = last_rounds.bureau_code
            and every_unit.fiscal_year = last_rounds.fiscal_year
            and every_unit.unit_key = last_rounds.unit_key
    left join self_evaluations
        on
            every_unit.bureau_code = self_evaluations.bureau_code
            and every_unit.fiscal_year = self_evaluations.fiscal_year
            and every_unit.unit_key = self_evaluations.unit_key
)

select * from yearly
