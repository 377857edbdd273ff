{{ config(materialized='view') }}

with funds as (
    {{ stage_overall_funds('overall_self_evaluation', [
        ('initial_budget', 'money', 'initial_budget_cny'),
        ('annual_budget', 'money', 'annual_budget_cny'),
        ('executed', 'money', 'executed_cny'),
        ('execution_rate', 'rate', 'declared_execution_rate'),
        ('weight', 'score', 'weight'),
        ('score', 'score', 'declared_score')
    ]) }}
)

select * from funds
