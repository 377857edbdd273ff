-- Every project named in a mart is a project of fct_project.
{%- set drilled = [
    'mart_deviation_flag', 'mart_consecutive_warning', 'mart_self_evaluation',
    'mart_missing_project', 'mart_form_consistency'
] %}
with

facts as (
    select * from {{ ref('fct_project') }}
),

named as (
    {%- for mart in drilled %}
    select
        '{{ mart }}' as mart,
        bureau_code,
        fiscal_year,
        project_code
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

lost as (
    select named.*
    from named
    left join facts
        on
            named.bureau_code = facts.bureau_code
            and named.fiscal_year = facts.fiscal_year
            and named.project_code = facts.project_code
    where facts.project_code is null
)

select * from lost
