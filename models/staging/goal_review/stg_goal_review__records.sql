{#- field, type: as in ingest/layouts/goal_review/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('goal_review', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('fund_type', 'fund_type'),
        ('project_year', 'year'),
        ('stage', 'word'),
        ('review_type', 'word'),
        ('applied_budget', 'money'),
        ('suggested_budget', 'money'),
        ('cut', 'money'),
        ('review_score', 'score'),
        ('conclusion', 'text'),
        ('is_third_party', 'boolean'),
        ('issue_count', 'count'),
        ('push_date', 'date'),
        ('rectified_date', 'date'),
        ('review_date', 'date')
    ], key=['project_code', 'project_name', 'review_type', 'stage', 'project_year']) }}
)

select * from records
