{#- field, type: as in ingest/layouts/policy_register/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('policy_register', [
        ('document_name', 'text'),
        ('document_no', 'text'),
        ('document_type', 'word'),
        ('issued_by', 'text'),
        ('issue_date', 'date')
    ], key=['document_name', 'document_no']) }}
)

select * from records
