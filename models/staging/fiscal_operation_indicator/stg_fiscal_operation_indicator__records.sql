{#- field, type: as in ingest/layouts/fiscal_operation_indicator/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('fiscal_operation_indicator', [
        ('evaluated_year', 'year'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('township_name', 'text'),
        ('indicator_name', 'text'),
        ('indicator_value', 'number'),
        ('full_score', 'score'),
        ('score', 'score'),
        ('is_automated', 'boolean'),
        ('data_source', 'text')
    ], key=['subject_bureau_code', 'subject_bureau_name', 'township_name', 'indicator_name']) }}
)

select * from records
