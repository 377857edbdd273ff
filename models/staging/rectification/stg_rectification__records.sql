{#- field, type: as in ingest/layouts/rectification/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('rectification', [
        ('item_no', 'code'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('source_type', 'word'),
        ('problem', 'text'),
        ('report_date', 'date'),
        ('pushed_date', 'date'),
        ('due_date', 'date'),
        ('reply_date', 'date'),
        ('verified_date', 'date'),
        ('is_payment_held', 'boolean')
    ], key=['item_no', 'object_name', 'problem', 'unit_name', 'subject_bureau_name']) }}
)

select * from records
