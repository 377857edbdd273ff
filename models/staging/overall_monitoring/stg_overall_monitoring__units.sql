{#- field, type, name: as in ingest/layouts/overall_monitoring/columns.csv -#}
{{ config(materialized='view') }}

with units as (
    {{ stage_overall_units('overall_monitoring', [
        ('total_budget', 'money', 'total_budget_cny'),
        ('basic_budget', 'money', 'basic_budget_cny'),
        ('project_budget', 'money', 'project_budget_cny'),
        ('initial_budget', 'money', 'initial_budget_cny'),
        ('annual_budget', 'money', 'annual_budget_cny'),
        ('executed', 'money', 'executed_cny'),
        ('execution_rate', 'rate', 'declared_execution_rate'),
        ('expected_execution', 'money', 'expected_execution_cny'),
        ('overall_goal', 'text', 'overall_goal')
    ]) }}
)

select * from units
