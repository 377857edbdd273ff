{#- field, type: as in ingest/layouts/archive_catalogue/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('archive_catalogue', [
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('matter', 'text'),
        ('object_name', 'text'),
        ('document_type', 'text'),
        ('document_count', 'count'),
        ('is_signed', 'boolean'),
        ('survey_sample_count', 'count'),
        ('satisfaction_rate', 'rate')
    ], key=['matter', 'object_name', 'document_type', 'unit_name', 'subject_bureau_name']) }}
)

select * from records
