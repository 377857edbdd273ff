with

bureaus as (
    select * from {{ ref('ref_bureau') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

tiers as (
    select * from {{ ref('ref_tier') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

scopes as (
    select * from {{ ref('int_bureau_scopes') }}
    where scope = 'own'
),

-- the name of the budget year; a bureau outside that year's roster has its nearest name
candidates as (
    select
        scopes.fiscal_year,
        scopes.bureau_code,
        scopes.is_in_roster,
        bureaus.bureau_name,
        bureaus.short_name,
        coalesce(bureaus.tier, 'county') as tier,
        bureaus.parent_bureau_code,
        row_number() over (
            partition by scopes.fiscal_year, scopes.bureau_code
            order by
                (
                    bureaus.valid_from <= make_date(scopes.fiscal_year, 12, 31)
                    and coalesce(bureaus.valid_to, date '9999-12-31')
                    >= make_date(scopes.fiscal_year, 12, 31)
                ) desc,
                bureaus.valid_from desc
        ) as preference
    from scopes
    left join bureaus on scopes.bureau_code = bureaus.bureau_code
),

named as (
    select
        candidates.fiscal_year,
        candidates.bureau_code,
        coalesce(candidates.bureau_name, candidates.bureau_code) as bureau_name,
        coalesce(candidates.short_name, candidates.bureau_code) as short_name,
        candidates.tier,
        coalesce(tiers.tier_no, 3) as tier_no,
        candidates.parent_bureau_code,
        candidates.is_in_roster
    from candidates
    left join tiers on candidates.tier = tiers.tier
    where candidates.preference = 1
)

select * from named
