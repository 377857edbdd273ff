{#- field, type, name: as in ingest/layouts/overall_goal/columns.csv -#}
{{ config(materialized='view') }}

with units as (
    {{ stage_overall_units('overall_goal', [
        ('total_budget', 'money', 'total_budget_cny'),
        ('basic_budget', 'money', 'basic_budget_cny'),
        ('project_budget', 'money', 'project_budget_cny'),
        ('fiscal_appropriation', 'money', 'fiscal_appropriation_cny'),
        ('other_funds', 'money', 'other_funds_cny'),
        ('overall_goal', 'text', 'overall_goal')
    ]) }}
)

select * from units
