{#- field, type: as in ingest/layouts/sampling_result/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('sampling_result', [
        ('evaluated_year', 'year'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('material_kind', 'word'),
        ('selection_method', 'word'),
        ('amount', 'money'),
        ('original_score', 'score'),
        ('recheck_score', 'score'),
        ('recheck_grade', 'grade'),
        ('problem', 'text'),
        ('returned_date', 'date'),
        ('due_date', 'date'),
        ('rectified_date', 'date')
    ], key=['subject_bureau_code', 'subject_bureau_name', 'project_code', 'project_name', 'material_kind']) }}
)

select * from records
