{#- field, type: as in ingest/layouts/result_application/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('result_application', [
        ('budget_year', 'year'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('basis', 'text'),
        ('evaluated_year', 'year'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('action', 'text'),
        ('budget', 'money'),
        ('cut', 'money'),
        ('recovered', 'money'),
        ('applied_date', 'date')
    ], key=['unit_code', 'unit_name', 'project_code', 'object_name', 'basis', 'budget_year', 'subject_bureau_name']) }}
)

select * from records
