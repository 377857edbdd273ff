with

projects as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        {{ match_text('project_name') }} as name_key,
        {{ match_text('unit_name') }} as unit_key
    from {{ ref('int_projects_registered') }}
),

-- a name that two projects bear names neither
named_in_units as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        name_key,
        max(project_code) as project_code
    from projects
    where unit_key is not null and name_key is not null
    group by bureau_code, fiscal_year, unit_key, name_key
    having count(*) = 1
),

named_in_bureaus as (
    select
        bureau_code,
        fiscal_year,
        '' as unit_key,
        name_key,
        max(project_code) as project_code
    from projects
    where name_key is not null
    group by bureau_code, fiscal_year, name_key
    having count(*) = 1
),

names as (
    select * from named_in_units
    union all
    select * from named_in_bureaus
)

select * from names
