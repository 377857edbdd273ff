with

sources as (
    {{ statement_sources(statement_definitions()) }}
)

select * from sources
