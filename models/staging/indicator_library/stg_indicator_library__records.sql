{#- field, type: as in ingest/layouts/indicator_library/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('indicator_library', [
        ('library_class', 'word'),
        ('industry', 'text'),
        ('level1', 'text'),
        ('level2', 'text'),
        ('indicator_name', 'text'),
        ('document_no', 'text')
    ], key=['library_class', 'industry', 'level2', 'indicator_name']) }}
)

select * from records
