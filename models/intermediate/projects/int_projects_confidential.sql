with

projects as (
    select * from {{ ref('int_projects_registered') }}
),

units as (
    select * from {{ ref('fct_unit_register') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

confidential_units as (
    select distinct
        work_year,
        bureau_code,
        {{ match_text('unit_name') }} as unit_text
    from units
    where is_confidential and unit_name is not null
),

-- where no rule is in force every mark counts: naming somebody cannot be taken back
marked as (
    select
        projects.bureau_code,
        projects.fiscal_year,
        projects.project_code,
        projects.is_confidential as is_project_marked,
        projects.is_confidential_stated,
        confidential_units.unit_text is not null as is_unit_marked,
        coalesce(thresholds.publish_confidential_basis, 'project+unit') as basis
    from projects
    left join thresholds on projects.fiscal_year = thresholds.fiscal_year
    left join confidential_units
        on
            projects.fiscal_year = confidential_units.work_year
            and projects.bureau_code = confidential_units.bureau_code
            and {{ match_text('projects.unit_name') }} = confidential_units.unit_text
),

judged as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        case
            when is_project_marked and contains(basis, 'project') then 'project'
            when is_unit_marked and contains(basis, 'unit') then 'unit'
            when is_project_marked or is_unit_marked then 'rule_off'
            when is_confidential_stated then 'stated_not'
            else 'not_stated'
        end as confidential_basis
    from marked
),

confidential as (
    select
        *,
        confidential_basis in ('project', 'unit') as is_confidential
    from judged
)

select * from confidential
