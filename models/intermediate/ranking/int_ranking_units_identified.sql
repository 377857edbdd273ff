with

projects as (
    select * from {{ ref('fct_project') }}
    where bureau_code is not null
),

unit_registers as (
    select * from {{ ref('fct_unit_register') }}
    where bureau_code is not null
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
    where bureau_code is not null and object_type = '部门整体'
),

sent as (
    select
        bureau_code,
        fiscal_year,
        unit_code,
        unit_name
    from projects

    union all

    select
        bureau_code,
        work_year as fiscal_year,
        unit_code,
        unit_name
    from unit_registers

    union all

    -- an evaluation may name the unit only as its object
    select
        bureau_code,
        work_year as fiscal_year,
        coalesce(unit_code, object_code) as unit_code,
        coalesce(unit_name, department_name, object_name) as unit_name
    from evaluations
),

sent_names as (
    select
        bureau_code,
        unit_code,
        unit_name,
        {{ match_text('unit_name') }} as unit_text,
        max(fiscal_year) as newest_year
    from sent
    where unit_code is not null or unit_name is not null
    group by bureau_code, unit_code, unit_name
),

-- a name that has one code in its bureau stands for that code where the code is missing
single_codes as (
    select
        bureau_code,
        unit_text,
        max(unit_code) as unit_code
    from sent_names
    group by bureau_code, unit_text
    having count(distinct unit_code) = 1
),

keyed as (
    select
        sent_names.bureau_code,
        sent_names.unit_code,
        sent_names.unit_name,
        sent_names.newest_year,
        coalesce(
            sent_names.unit_code,
            single_codes.unit_code,
            sent_names.unit_text
        ) as object_code
    from sent_names
    left join single_codes
        on
            sent_names.bureau_code = single_codes.bureau_code
            and sent_names.unit_text = single_codes.unit_text
),

identified as (
    select
        bureau_code,
        unit_code,
        unit_name,
        object_code,
        first_value(coalesce(unit_name, unit_code)) over (
            partition by bureau_code, object_code
            order by unit_name is null, newest_year desc, unit_name
        ) as object_name
    from keyed
    where object_code is not null
)

select * from identified
