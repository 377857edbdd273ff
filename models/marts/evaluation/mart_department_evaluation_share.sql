with

projects as (
    select
        *,
        coalesce({{ match_text('coalesce(department_name, unit_name)') }}, '') as department_key
    from {{ ref('fct_project') }}
    where is_registered
),

-- an evaluation of a department as a whole is none of its projects
evaluations as (
    select
        *,
        coalesce({{ match_text('coalesce(department_name, unit_name)') }}, '') as department_key,
        coalesce(evaluated_year, work_year - 1) as fiscal_year
    from {{ ref('fct_evaluation') }}
    where
        evaluation_type = '部门评价'
        and bureau_code is not null
        and not contains(coalesce(object_type, ''), '整体')
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

departments as (
    select
        bureau_code,
        fiscal_year,
        department_key,
        max(coalesce(department_name, unit_name)) as department_name,
        count(*) as project_count,
        sum(annual_budget_cny) as project_budget_cny
    from projects
    group by bureau_code, fiscal_year, department_key
),

-- years in which somebody has evaluated, and years that are over
work_years as (
    select work_year from evaluations
    union
    select fiscal_year as work_year
    from thresholds
    where make_date(fiscal_year, 12, 31) < cast('{{ var("as_of") }}' as date)
),

-- the register knows the department and the budget of a project that is named by its code
evaluated_objects as (
    select
        evaluations.work_year,
        evaluations.bureau_code,
        evaluations.fiscal_year,
        coalesce(projects.department_key, evaluations.department_key) as department_key,
        coalesce(evaluations.object_code, {{ match_text('evaluations.object_name') }})
            as object_key,
        max(coalesce(
            projects.department_name,
            projects.unit_name,
            evaluations.department_name,
            evaluations.unit_name
        )) as department_name,
        max(coalesce(projects.annual_budget_cny, evaluations.amount_cny)) as budget_cny
    from evaluations
    left join projects
        on
            evaluations.bureau_code = projects.bureau_code
            and evaluations.fiscal_year = projects.fiscal_year
            and evaluations.object_code = projects.project_code
    group by all
),

-- of the year before; only where a department evaluated nothing of it, of the latest year it did
years_evaluated as (
    select
        work_year,
        bureau_code,
        department_key,
        max(department_name) as department_name,
        case
            when bool_or(fiscal_year = work_year - 1) then work_year - 1
            else max(fiscal_year)
        end as fiscal_year
    from evaluated_objects
    group by work_year, bureau_code, department_key
),

evaluated as (
    select
        work_year,
        bureau_code,
        fiscal_year,
        department_key,
        count(*) as evaluated_project_count,
        count(*) filter (where budget_cny is null) as without_amount_count,
        sum(budget_cny) as evaluated_budget_cny
    from evaluated_objects
    group by work_year, bureau_code, fiscal_year, department_key
),

owed as (
    select
        work_years.work_year,
        departments.bureau_code,
        departments.department_key,
        departments.department_name
    from departments
    inner join work_years on departments.fiscal_year + 1 = work_years.work_year
),

paired as (
    select
        coalesce(owed.work_year, years_evaluated.work_year) as work_year,
        coalesce(owed.bureau_code, years_evaluated.bureau_code) as bureau_code,
        coalesce(owed.department_key, years_evaluated.department_key) as department_key,
        coalesce(owed.department_name, years_evaluated.department_name) as department_name,
        coalesce(years_evaluated.fiscal_year, owed.work_year - 1) as fiscal_year
    from owed
    full outer join years_evaluated
        on
            owed.work_year = years_evaluated.work_year
            and owed.bureau_code = years_evaluated.bureau_code
            and owed.department_key = years_evaluated.department_key
),

measured as (
    select
        paired.*,
        coalesce(departments.project_count, 0) as project_count,
        departments.project_budget_cny,
        coalesce(evaluated.evaluated_project_count, 0) as evaluated_project_count,
        coalesce(evaluated.without_amount_count, 0) as without_amount_count,
        coalesce(evaluated.evaluated_budget_cny, 0) as evaluated_budget_cny,
        thresholds.depteval_amount_share as required_share,
        thresholds.parameter_version
    from paired
    left join departments
        on
            paired.bureau_code = departments.bureau_code
            and paired.fiscal_year = departments.fiscal_year
            and paired.department_key = departments.department_key
    left join evaluated
        on
            paired.work_year = evaluated.work_year
            and paired.bureau_code = evaluated.bureau_code
            and paired.fiscal_year = evaluated.fiscal_year
            and paired.department_key = evaluated.department_key
    left join thresholds on paired.work_year = thresholds.fiscal_year
),

shares as (
    select
        measured.work_year,
        measured.fiscal_year,
        measured.bureau_code,
        coalesce(bureaus.bureau_name, measured.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        measured.department_key,
        measured.department_name,
        case
            when coalesce(measured.project_budget_cny, 0) <= 0 or measured.required_share is null
                then 'cannot_judge'
            when
                measured.evaluated_budget_cny
                >= measured.required_share * measured.project_budget_cny
                then 'pass'
            when measured.without_amount_count > 0 then 'cannot_judge'
            when make_date(measured.work_year, 12, 31) >= cast('{{ var("as_of") }}' as date)
                then 'warn'
            else 'fail'
        end as verdict,
        cast(measured.project_count as bigint) as project_count,
        cast(measured.evaluated_project_count as bigint) as evaluated_project_count,
        cast(measured.without_amount_count as bigint) as without_amount_count,
        cast(measured.project_budget_cny as decimal(20, 2)) as project_budget_cny,
        cast(measured.evaluated_budget_cny as decimal(20, 2)) as evaluated_budget_cny,
        try_cast(
            {{ ratio('measured.evaluated_budget_cny', 'measured.project_budget_cny') }}
            as decimal(18, 10)
        ) as share,
        cast(measured.required_share as decimal(18, 10)) as required_share,
        measured.parameter_version
    from measured
    left join bureaus
        on
            measured.bureau_code = bureaus.bureau_code
            and measured.work_year = bureaus.fiscal_year
)

select * from shares
