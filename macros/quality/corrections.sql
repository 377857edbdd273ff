{#-
What an approved correction (seeds/rules/corrections.csv) may change: by kind, the raw field, the
staging column of its value, the one of its text as sent, and how both are read. Names and codes
are not here: they say which project a row is, and a row never changes its project.
-#}
{%- macro correctable_fields() -%}
    {%- set funds = [
        ('initial_budget', 'initial_budget_cny', 'initial_budget_text', 'money'),
        ('adjusted_budget', 'adjusted_budget_cny', 'adjusted_budget_text', 'money'),
    ] -%}
    {%- set executed = funds + [
        ('annual_budget', 'annual_budget_cny', 'annual_budget_text', 'money'),
        ('executed', 'executed_cny', 'executed_text', 'money'),
        ('execution_rate', 'declared_execution_rate', 'declared_execution_rate_text', 'rate'),
    ] -%}
    {{ return({
        'project_register': funds,
        'goal': [
            ('budget', 'budget_cny', 'budget_text', 'money'),
            ('fiscal_appropriation', 'fiscal_appropriation_cny', 'fiscal_appropriation_text',
             'money'),
            ('other_funds', 'other_funds_cny', 'other_funds_text', 'money'),
            ('carried_over', 'carried_over_cny', 'carried_over_text', 'money'),
            ('overall_goal', 'overall_goal', 'overall_goal', 'text'),
        ],
        'monitoring': executed,
        'self_evaluation': executed + [
            ('execution_score', 'declared_execution_score', 'declared_execution_score_text',
             'score'),
            ('total_score', 'declared_score', 'declared_score_text', 'score'),
            ('overall_goal', 'overall_goal', 'overall_goal', 'text'),
            ('actual_goal', 'actual_goal', 'actual_goal', 'text'),
        ],
    }) }}
{%- endmacro -%}

{#- The column of int_corrections_checked that holds a corrected value of this reading. -#}
{%- macro corrected_column(reading) -%}
    {{ return({
        'money': 'corrected_cny', 'rate': 'corrected_rate', 'score': 'corrected_score',
        'text': 'corrected_text'
    }[reading]) }}
{%- endmacro -%}

{#- The project rows of a kind with its approved corrections in place of what was sent. -#}
{%- macro corrected_projects(kind) -%}
with

sent as (
    select * from {{ ref('stg_' ~ kind ~ '__projects') }}
),

corrections as (
    select
        project_row_id
        {%- for field, column, text, reading in correctable_fields()[kind] %},
        max({{ corrected_column(reading) }}) filter (where field = '{{ field }}')
            as {{ field }}_corrected
        {%- endfor %}
    from {{ ref('int_corrections_checked') }}
    where document_kind = '{{ kind }}' and outcome = 'applied'
    group by project_row_id
),

projects as (
    select
        sent.* replace (
            {%- for field, column, text, reading in correctable_fields()[kind] %}
            coalesce(corrections.{{ field }}_corrected, sent.{{ column }}) as {{ column }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        )
    from sent
    left join corrections on sent.project_row_id = corrections.project_row_id
)

select * from projects
{%- endmacro -%}
