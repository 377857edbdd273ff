{#- field, type, name: as in ingest/layouts/overall_self_evaluation/columns.csv -#}
{{ config(materialized='view') }}

with units as (
    {{ stage_overall_units('overall_self_evaluation', [
        ('total_budget', 'money', 'total_budget_cny'),
        ('basic_budget', 'money', 'basic_budget_cny'),
        ('project_budget', 'money', 'project_budget_cny'),
        ('initial_budget', 'money', 'initial_budget_cny'),
        ('annual_budget', 'money', 'annual_budget_cny'),
        ('executed', 'money', 'executed_cny'),
        ('execution_rate', 'rate', 'declared_execution_rate'),
        ('execution_weight', 'score', 'execution_weight'),
        ('execution_score', 'score', 'declared_execution_score'),
        ('total_score', 'score', 'declared_score'),
        ('grade', 'grade', 'declared_grade'),
        ('is_disclosed', 'boolean', 'is_disclosed'),
        ('overall_goal', 'text', 'overall_goal'),
        ('actual_goal', 'text', 'actual_goal')
    ]) }}
)

select * from units
