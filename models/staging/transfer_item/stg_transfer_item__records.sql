{#- field, type: as in ingest/layouts/transfer_item/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('transfer_item', [
        ('item_code', 'code'),
        ('item_name', 'text'),
        ('department_name', 'unit'),
        ('document_no', 'text'),
        ('funding_level', 'text'),
        ('amount', 'money'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('issue_date', 'date'),
        ('has_regional_goal', 'boolean'),
        ('has_project_goal', 'boolean'),
        ('goal_issue_date', 'date')
    ], key=['item_code', 'item_name', 'subject_bureau_code', 'subject_bureau_name', 'document_no']) }}
)

select * from records
