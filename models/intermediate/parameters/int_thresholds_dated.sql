{#- parameter, type of the value -#}
{%- set thresholds = [
    ('monitor.gap_threshold', 'decimal(9, 6)'),
    ('monitor.gap_threshold_direct', 'decimal(9, 6)'),
    ('monitor.gap_inclusive', 'boolean'),
    ('monitor.gap_inclusive_direct', 'boolean'),
    ('monitor.gap_mode', 'varchar'),
    ('monitor.exec_low_trigger', 'decimal(9, 6)'),
    ('monitor.exec_low_yellow', 'decimal(9, 6)'),
    ('monitor.goal_poor_trigger', 'decimal(9, 6)'),
    ('monitor.min_judgable_weight', 'decimal(9, 6)'),
    ('light.yellow_below', 'decimal(9, 6)'),
    ('completion.cap', 'decimal(9, 6)'),
    ('completion.achieved', 'decimal(9, 6)'),
    ('completion.partly', 'decimal(9, 6)'),
    ('completion.not_achieved', 'decimal(9, 6)'),
    ('completion.reverse_method', 'varchar'),
    ('consecutive.cut_ratio', 'decimal(9, 6)'),
    ('ex_ante.required_amount', 'decimal(20, 2)'),
    ('transfer.required_rate', 'decimal(9, 6)'),
    ('deptEval.amount_share', 'decimal(9, 6)'),
    ('goalReview.amount', 'decimal(20, 2)'),
    ('goalReview.key_department', 'boolean'),
    ('goalReview.fund_types', 'varchar'),
    ('goalReview.lowest_tier_no', 'integer'),
    ('selfeval.execution_weight', 'decimal(9, 4)'),
    ('selfeval.total_score', 'decimal(9, 4)'),
    ('weights.output', 'decimal(9, 4)'),
    ('weights.benefit', 'decimal(9, 4)'),
    ('weights.satisfaction', 'decimal(9, 4)'),
    ('selfeval.gap_red', 'decimal(9, 6)'),
    ('selfeval.unspent_yellow', 'decimal(9, 6)'),
    ('selfeval.exec_reason_below', 'decimal(9, 6)'),
    ('selfeval.over_reason_from', 'decimal(9, 6)'),
    ('tell.min_projects', 'integer'),
    ('tell.min_lines', 'integer'),
    ('tell.min_text_length', 'integer'),
    ('selfeval.low_score', 'decimal(9, 4)'),
    ('selfeval.fail_score', 'decimal(9, 4)'),
    ('tolerance.money_cny', 'decimal(18, 2)'),
    ('tolerance.score', 'decimal(9, 4)'),
    ('tolerance.weight', 'decimal(9, 4)'),
    ('tolerance.rate', 'decimal(9, 6)'),
    ('money.unit_suspect_ratio', 'decimal(18, 6)'),
    ('indicator.max_weight', 'decimal(9, 4)'),
    ('publish.min_per_unit', 'integer'),
    ('publish.is_all_required', 'boolean'),
    ('publish.confidential_basis', 'varchar'),
    ('automation.min_rate', 'decimal(9, 6)'),
    ('ranking.max_missing_share', 'decimal(9, 6)'),
    ('rectify.reply_months', 'integer'),
    ('cycle.years', 'integer'),
    ('cycle.min_share', 'decimal(9, 6)'),
    ('quality.warn_errors_per_thousand', 'decimal(18, 4)'),
    ('quality.fail_errors_per_thousand', 'decimal(18, 4)'),
    ('sample.rate', 'decimal(9, 6)'),
    ('sample.required_frames', 'varchar'),
    ('explanation.valid_years', 'integer'),
] -%}
with

parameters as (
    {{ jurisdiction_rows(ref('param_threshold'), ['parameter']) }}
),

stages as (
    select * from {{ ref('int_stages_expected') }}
),

fiscal_years as (
    select distinct fiscal_year from stages
),

pivoted as (
    select
        fiscal_years.fiscal_year,
        {%- for parameter, type in thresholds %}
        cast(
            max(nullif(parameters.value, ''))
            filter (where parameters.parameter = '{{ parameter }}')
            as {{ type }}
        ) as {{ parameter | replace('.', '_') | lower }},
        {%- endfor %}
        max(parameters.parameter_version) as parameter_version
    from fiscal_years
    inner join parameters
        on
            fiscal_years.fiscal_year >= coalesce(parameters.valid_from_year, 0)
            and fiscal_years.fiscal_year <= coalesce(parameters.valid_to_year, 9999)
    group by fiscal_years.fiscal_year
)

select * from pivoted
