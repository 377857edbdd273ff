{{ config(materialized='view') }}
{%- set value_columns = [
    'operator', 'number', 'number_high', 'unit', 'kind', 'unreadable_reason', 'result_level',
    'number_base', 'number_high_base', 'unit_base', 'date_from', 'date_to'
] -%}
{#- column: the kinds that have it, and its type elsewhere -#}
{%- set types = {
    'number': 'decimal(18, 6)', 'number_high': 'decimal(18, 6)', 'number_base': 'decimal(38, 6)',
    'number_high_base': 'decimal(38, 6)', 'date_from': 'date', 'date_to': 'date'
} -%}
with

groups_linked as (
    select * from {{ ref('int_indicator_groups_linked') }}
    where link_status = 'live'
),

projects as (
    select * from {{ ref('int_projects_live') }}
),

lines as (
    {%- for kind in ['goal', 'monitoring', 'self_evaluation'] %}
    select
        indicator_row_id,
        line_no,
        level1,
        level2,
        level3,
        level1_type,
        level2_type,
        target_text,
        {%- for column in value_columns %}
        target_{{ column }},
        {%- endfor %}
        is_target_scale_ambiguous,
        {%- if kind == 'goal' %}
        cast(null as varchar) as actual_text,
        {%- for column in value_columns %}
        cast(null as {{ types.get(column, 'varchar') }}) as actual_{{ column }},
        {%- endfor %}
        false as is_actual_scale_ambiguous,
        false as is_actual_operator_copied,
        {%- else %}
        actual_text,
        {%- for column in value_columns %}
        actual_{{ column }},
        {%- endfor %}
        is_actual_scale_ambiguous,
        is_actual_operator_copied,
        {%- endif %}
        {{ 'expected_text' if kind == 'monitoring' else 'cast(null as varchar) as expected_text' }},
        weight_text,
        weight,
        {%- if kind == 'self_evaluation' %}
        score_text,
        declared_score,
        {%- else %}
        cast(null as varchar) as score_text,
        cast(null as decimal(9, 4)) as declared_score,
        {%- endif %}
        {{ 'cast(null as varchar) as reason_text' if kind == 'goal' else 'reason_text' }},
        {{ 'likelihood' if kind == 'monitoring' else 'cast(null as varchar) as likelihood' }},
        _project_row,
        case when _project_row is null then project_code end as sent_project_code,
        case when _project_row is null then project_name end as sent_project_name,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        _loaded_at
    from {{ ref('stg_' ~ kind ~ '__indicators') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

live as (
    select
        projects.slot_id,
        projects.document_kind,
        projects.bureau_code,
        projects.fiscal_year,
        projects.round_no,
        projects.project_code,
        lines.* exclude (_project_row, sent_project_code, sent_project_name)
    from lines
    inner join groups_linked
        on
            lines._filing_id = groups_linked._filing_id
            and lines._source_sheet = groups_linked._source_sheet
            and coalesce(lines._project_row, 0) = coalesce(groups_linked._project_row, 0)
            and coalesce(lines.sent_project_code, '')
            = coalesce(groups_linked.sent_project_code, '')
            and coalesce(lines.sent_project_name, '')
            = coalesce(groups_linked.sent_project_name, '')
    inner join projects on groups_linked.project_row_id = projects.project_row_id
)

select * from live
