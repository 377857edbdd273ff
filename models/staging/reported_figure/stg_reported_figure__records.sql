{#- field, type: as in ingest/layouts/reported_figure/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('reported_figure', [
        ('item_code', 'code'),
        ('figure_name', 'text'),
        ('figure_value', 'number'),
        ('figure_text', 'text'),
        ('measure_unit', 'text'),
        ('source_document', 'text')
    ], key=['item_code', 'figure_name']) }}
)

select * from records
