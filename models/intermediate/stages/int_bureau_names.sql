with

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

aliases as (
    select * from {{ ref('ref_bureau_alias') }}
),

code_changes as (
    select * from {{ ref('ref_bureau_code_change') }}
),

named as (
    select
        fiscal_year,
        bureau_code,
        bureau_code as name_text
    from bureaus

    union

    select
        fiscal_year,
        bureau_code,
        bureau_name as name_text
    from bureaus

    union

    select
        fiscal_year,
        bureau_code,
        short_name as name_text
    from bureaus

    union

    select
        bureaus.fiscal_year,
        bureaus.bureau_code,
        aliases.alias as name_text
    from bureaus
    inner join aliases on bureaus.bureau_code = aliases.bureau_code

    union

    select
        bureaus.fiscal_year,
        bureaus.bureau_code,
        code_changes.sent_bureau_code as name_text
    from bureaus
    inner join code_changes on bureaus.bureau_code = code_changes.bureau_code
),

-- a name that two bureaus bear (塔城: the prefecture and its city) names neither
counted as (
    select
        fiscal_year,
        name_text,
        min(bureau_code) as bureau_code,
        count(distinct bureau_code) as bureau_count
    from named
    where name_text is not null
    group by fiscal_year, name_text
),

unambiguous as (
    select
        fiscal_year,
        name_text,
        bureau_code
    from counted
    where bureau_count = 1
)

select * from unambiguous
