with

units as (
    select * from {{ ref('int_overall_work_years') }}
),

{%- set amounts = {
    'overall_goal': 'total_budget_cny',
    'overall_monitoring': 'total_budget_cny',
    'overall_self_evaluation': 'evaluated_budget_cny'
} %}
{%- set done = {
    'overall_goal': 'has_goal',
    'overall_monitoring': 'has_monitoring',
    'overall_self_evaluation': 'has_self_evaluation'
} %}
duties as (
    {%- for duty in overall_kinds() %}
    select
        '{{ duty }}' as duty,
        work_year,
        bureau_code,
        unit_key,
        is_due,
        {{ done[duty] }} as is_done,
        {{ amounts[duty] }} as amount_cny
    from units
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from duties
