with

worked as (
    {{ statement_years(statement_definitions()) }}
),

-- next year's self-evaluation is no year of work yet
begun as (
    select cast(work_year as integer) as work_year
    from worked
    where work_year <= extract(year from cast('{{ var("as_of") }}' as date))
)

select * from begun
