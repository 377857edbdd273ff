with

bureaus as (
    select * from {{ ref('ref_bureau') }}
    where jurisdiction = '{{ var("jurisdiction") }}'
),

named as (
    select
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.short_name,
        bureaus.tier,
        bureaus.parent_bureau_code,
        parents.bureau_name as parent_bureau_name,
        cast(bureaus.valid_from as date) as valid_from,
        cast(bureaus.valid_to as date) as valid_to
    from bureaus
    left join bureaus as parents
        on
            bureaus.parent_bureau_code = parents.bureau_code
            and bureaus.valid_from >= parents.valid_from
            and bureaus.valid_from <= coalesce(parents.valid_to, date '9999-12-31')
)

select * from named
