with

projects as (
    select * from {{ ref('fct_project') }}
),

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

flags as (
    select * from {{ ref('mart_deviation_flag') }}
    where verdict <> 'cannot_judge'
),

unit_registers as (
    select * from {{ ref('fct_unit_register') }}
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
    where object_type = '部门整体' and score is not null
),

units as (
    select * from {{ ref('int_ranking_units_identified') }}
),

code_changes as (
    select
        sent_bureau_code,
        bureau_code as valid_bureau_code,
        coalesce(fiscal_year_from, 0) as first_year,
        coalesce(fiscal_year_to, 9999) as last_year
    from {{ ref('ref_bureau_code_change') }}
),

-- the unit of a project is the register's, whatever a later form calls it
owned as (
    select
        projects.bureau_code,
        projects.fiscal_year,
        projects.project_code,
        projects.has_self_evaluation,
        units.object_code
    from projects
    inner join units
        on
            projects.bureau_code = units.bureau_code
            and projects.unit_code is not distinct from units.unit_code
            and projects.unit_name is not distinct from units.unit_name
),

unit_names as (
    select distinct
        bureau_code,
        object_code,
        object_name
    from units
),

scored as (
    select
        self_evaluations.bureau_code,
        self_evaluations.work_year,
        self_evaluations.fiscal_year,
        owned.object_code,
        sum(self_evaluations.declared_score) as score_sum,
        count(self_evaluations.declared_score) as scored_count,
        count(*) filter (where self_evaluations.is_below_60) as failed_count
    from self_evaluations
    inner join owned
        on
            self_evaluations.bureau_code = owned.bureau_code
            and self_evaluations.fiscal_year = owned.fiscal_year
            and self_evaluations.project_code = owned.project_code
    group by all
),

warned as (
    select
        flags.bureau_code,
        flags.fiscal_year,
        owned.object_code,
        count(*) filter (where flags.is_warned) as warned_count,
        count(*) as judged_count
    from flags
    inner join owned
        on
            flags.bureau_code = owned.bureau_code
            and flags.fiscal_year = owned.fiscal_year
            and flags.project_code = owned.project_code
    group by all
),

evaluated as (
    select
        evaluations.bureau_code,
        evaluations.work_year,
        units.object_code,
        max(evaluations.evaluated_year) as fiscal_year,
        sum(evaluations.score) as score_sum,
        count(*) as scored_count
    from evaluations
    inner join units
        on
            evaluations.bureau_code = units.bureau_code
            and coalesce(evaluations.unit_code, evaluations.object_code)
            is not distinct from units.unit_code
            and coalesce(
                evaluations.unit_name, evaluations.department_name, evaluations.object_name
            ) is not distinct from units.unit_name
    group by all
),

-- whom the list ranks: units with projects of the year or self-evaluations made in it, units
-- registered or evaluated in it
listed as (
    select
        bureau_code,
        fiscal_year as work_year,
        object_code
    from owned

    union distinct

    select
        bureau_code,
        fiscal_year + 1 as work_year,
        object_code
    from owned
    where has_self_evaluation

    union distinct

    select
        unit_registers.bureau_code,
        unit_registers.work_year,
        units.object_code
    from unit_registers
    inner join units
        on
            unit_registers.bureau_code = units.bureau_code
            and unit_registers.unit_code is not distinct from units.unit_code
            and unit_registers.unit_name is not distinct from units.unit_name

    union distinct

    select
        bureau_code,
        work_year,
        object_code
    from evaluated
),

measured as (
    select
        bureau_code,
        work_year,
        object_code,
        'self_evaluation_mean_score' as component,
        fiscal_year,
        score_sum as numerator,
        scored_count as denominator
    from scored

    union all

    select
        bureau_code,
        work_year,
        object_code,
        'self_evaluation_failure_rate' as component,
        fiscal_year,
        failed_count as numerator,
        scored_count as denominator
    from scored

    union all

    select
        bureau_code,
        fiscal_year as work_year,
        object_code,
        'warned_share' as component,
        fiscal_year,
        warned_count as numerator,
        judged_count as denominator
    from warned

    union all

    select
        bureau_code,
        work_year,
        object_code,
        'overall_score' as component,
        fiscal_year,
        score_sum as numerator,
        scored_count as denominator
    from evaluated
),

-- a bureau whose code changed between two budget years stays one bureau
components as (
    select
        listed.work_year,
        coalesce(code_changes.valid_bureau_code, listed.bureau_code) as bureau_code,
        listed.object_code,
        max(unit_names.object_name) as object_name,
        measured.component,
        max(measured.fiscal_year) as fiscal_year,
        cast(sum(measured.numerator) as decimal(38, 6)) as numerator,
        cast(sum(measured.denominator) as decimal(38, 6)) as denominator
    from listed
    inner join unit_names
        on
            listed.bureau_code = unit_names.bureau_code
            and listed.object_code = unit_names.object_code
    left join measured
        on
            listed.bureau_code = measured.bureau_code
            and listed.work_year = measured.work_year
            and listed.object_code = measured.object_code
    left join code_changes
        on
            listed.bureau_code = code_changes.sent_bureau_code
            and listed.work_year >= code_changes.first_year
            and listed.work_year <= code_changes.last_year
    group by all
),

ranked_units as (
    select
        work_year,
        'unit' as ranking_kind,
        bureau_code as ranking_bureau_code,
        bureau_code,
        object_code,
        max(object_name) over (partition by work_year, bureau_code, object_code) as object_name,
        component,
        fiscal_year,
        numerator,
        denominator
    from components
)

select * from ranked_units
