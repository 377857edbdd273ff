{#- field, type: as in ingest/layouts/report_register/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('report_register', [
        ('report_name', 'text'),
        ('report_type', 'word'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('issue_date', 'date'),
        ('recipient', 'text'),
        ('is_instructed', 'boolean'),
        ('is_adopted', 'boolean')
    ], key=['report_name', 'report_type', 'unit_name', 'subject_bureau_name', 'issue_date']) }}
)

select * from records
