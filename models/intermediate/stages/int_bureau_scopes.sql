with recursive

bureaus as (
    select * from {{ ref('ref_bureau') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

stages as (
    select * from {{ ref('int_stages_expected') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

fiscal_years as (
    select distinct fiscal_year from stages
),

-- the roster on the last day of the budget year
roster as (
    select
        fiscal_years.fiscal_year,
        bureaus.bureau_code,
        bureaus.parent_bureau_code,
        true as is_in_roster
    from fiscal_years
    inner join bureaus
        on
            bureaus.valid_from <= make_date(fiscal_years.fiscal_year, 12, 31)
            and coalesce(bureaus.valid_to, date '9999-12-31')
            >= make_date(fiscal_years.fiscal_year, 12, 31)
),

-- a bureau that sent something for a year in which the roster does not know it still counts
outside_roster as (
    select
        filings.fiscal_year,
        filings.bureau_code,
        max_by(bureaus.parent_bureau_code, bureaus.valid_from) as parent_bureau_code,
        false as is_in_roster
    from filings
    left join roster
        on
            filings.fiscal_year = roster.fiscal_year
            and filings.bureau_code = roster.bureau_code
    left join bureaus on filings.bureau_code = bureaus.bureau_code
    where roster.bureau_code is null
    group by filings.fiscal_year, filings.bureau_code
),

members as (
    select * from roster
    union all
    select * from outside_roster
),

descendants as (
    select
        fiscal_year,
        bureau_code,
        bureau_code as member_bureau_code
    from members

    union all

    select
        descendants.fiscal_year,
        descendants.bureau_code,
        members.bureau_code as member_bureau_code
    from descendants
    inner join members
        on
            descendants.fiscal_year = members.fiscal_year
            and descendants.member_bureau_code = members.parent_bureau_code
),

scoped as (
    select
        fiscal_year,
        bureau_code,
        'own' as scope,
        bureau_code as member_bureau_code
    from members

    union all

    select
        fiscal_year,
        bureau_code,
        'with_subordinates' as scope,
        member_bureau_code
    from descendants
),

scopes as (
    select
        scoped.fiscal_year,
        scoped.bureau_code,
        scoped.scope,
        scoped.member_bureau_code,
        members.is_in_roster
    from scoped
    inner join members
        on
            scoped.fiscal_year = members.fiscal_year
            and scoped.bureau_code = members.bureau_code
)

select * from scopes
