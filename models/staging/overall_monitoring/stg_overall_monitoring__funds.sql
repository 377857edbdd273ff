{{ config(materialized='view') }}

with funds as (
    {{ stage_overall_funds('overall_monitoring', [
        ('initial_budget', 'money', 'initial_budget_cny'),
        ('annual_budget', 'money', 'annual_budget_cny'),
        ('executed', 'money', 'executed_cny'),
        ('expected_execution', 'money', 'expected_execution_cny'),
        ('execution_rate', 'rate', 'declared_execution_rate')
    ]) }}
)

select * from funds
