{#- field, type: as in ingest/layouts/institution/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('institution', [
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('institution_name', 'text'),
        ('has_unit', 'boolean'),
        ('staff_count', 'count'),
        ('is_system_deployed', 'boolean')
    ], key=['subject_bureau_code', 'subject_bureau_name']) }}
)

select * from records
