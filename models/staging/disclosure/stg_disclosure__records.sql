{#- field, type: as in ingest/layouts/disclosure/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('disclosure', [
        ('evaluated_year', 'year'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('document_type', 'word'),
        ('is_confidential', 'boolean'),
        ('published_date', 'date'),
        ('url', 'text'),
        ('is_congress_reported', 'boolean')
    ], key=['unit_code', 'unit_name', 'project_code', 'object_name', 'document_type', 'evaluated_year']) }}
)

select * from records
