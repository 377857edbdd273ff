{#- field, type: as in ingest/layouts/evaluation/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('evaluation', [
        ('evaluated_year', 'year'),
        ('object_type', 'word'),
        ('object_code', 'code'),
        ('object_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('evaluation_type', 'word'),
        ('selection_method', 'word'),
        ('agency_name', 'text'),
        ('amount', 'money'),
        ('self_score', 'score'),
        ('score', 'score'),
        ('grade', 'grade'),
        ('report_date', 'date'),
        ('report_name', 'text'),
        ('is_congress_reported', 'boolean')
    ], key=['object_code', 'object_name', 'evaluation_type', 'evaluated_year', 'unit_name', 'subject_bureau_name']) }}
)

select * from records
