{#- field, type: as in ingest/layouts/unit_register/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('unit_register', [
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('unit_level', 'text'),
        ('is_key_department', 'boolean'),
        ('is_confidential', 'boolean')
    ], key=['unit_code', 'unit_name']) }}
)

select * from records
