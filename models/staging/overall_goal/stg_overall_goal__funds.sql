{{ config(materialized='view') }}

with funds as (
    {{ stage_overall_funds('overall_goal', [
        ('content', 'text', 'content'),
        ('amount', 'money', 'amount_cny'),
        ('fiscal_appropriation', 'money', 'fiscal_appropriation_cny'),
        ('other_funds', 'money', 'other_funds_cny')
    ]) }}
)

select * from funds
