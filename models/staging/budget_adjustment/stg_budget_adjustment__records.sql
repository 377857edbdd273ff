{#- field, type: as in ingest/layouts/budget_adjustment/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('budget_adjustment', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('adjustment_date', 'date'),
        ('before_budget', 'money'),
        ('after_budget', 'money'),
        ('has_adjusted_goal', 'boolean'),
        ('is_goal_reviewed', 'boolean'),
        ('reason', 'text')
    ], key=['project_code', 'project_name', 'adjustment_date', 'before_budget', 'after_budget']) }}
)

select * from records
