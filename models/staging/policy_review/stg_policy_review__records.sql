{#- field, type: as in ingest/layouts/policy_review/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('policy_review', [
        ('policy_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('policy_field', 'text'),
        ('amount', 'money'),
        ('self_check_date', 'date'),
        ('division_review_date', 'date'),
        ('supervision_date', 'date'),
        ('conclusion', 'text'),
        ('action', 'word')
    ], key=['policy_name', 'unit_name']) }}
)

select * from records
