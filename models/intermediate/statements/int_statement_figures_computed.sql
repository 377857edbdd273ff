with

figures as (
    {{ statement_values(statement_definitions(), ref('int_statement_years')) }}
)

select * from figures
