{#-
The columns of one parsed value (target, actual, expected) on an indicator line. `unit_of` names the
value whose unit counts where this one has none of its own (an actual 「735」 under 「≥735人次」).
`is_brief` leaves out what only comparisons need.
-#}
{%- macro indicator_value_columns(prefix, text_expression, values, unit_of=none, is_brief=false) -%}
{%- set unit_source = unit_of or values -%}
        {{ text_expression }} as {{ prefix }}_text,
        {{ values }}.operator as {{ prefix }}_operator,
        {{ values }}.number as {{ prefix }}_number,
        {%- if not is_brief %}
        {{ values }}.number_high as {{ prefix }}_number_high,
        {%- endif %}
        {%- if unit_of %}
        case
            when {{ values }}.value_kind <> 'quantitative' then null
            when {{ values }}.has_own_unit then {{ values }}.unit
            else {{ unit_of }}.unit
        end as {{ prefix }}_unit,
        {%- else %}
        {{ values }}.unit as {{ prefix }}_unit,
        {%- endif %}
        {{ values }}.value_kind as {{ prefix }}_kind
        {%- if not is_brief %},
        {{ values }}.unreadable_reason as {{ prefix }}_unreadable_reason,
        {{ values }}.result_level as {{ prefix }}_result_level,
        {%- if unit_of %}
        {{ values }}.has_own_operator as is_{{ prefix }}_operator_copied,
        coalesce(
            {{ values }}.value_kind = 'quantitative'
            and not {{ values }}.has_own_unit
            and {{ unit_of }}.unit_category = 'share'
            and {{ unit_of }}.unit <> '比例'
            and {{ values }}.number > 0
            and {{ values }}.number <= 1,
            false
        ) as is_{{ prefix }}_scale_ambiguous,
        {%- else %}
        {{ values }}.is_operator_implied as is_{{ prefix }}_operator_implied,
        {{ values }}.is_scale_ambiguous as is_{{ prefix }}_scale_ambiguous,
        {%- endif %}
        {%- for bound in ['number', 'number_high'] %}
        {%- if unit_of %}
        case
            when {{ values }}.has_own_unit or coalesce({{ unit_of }}.unit_factor, 1) = 1
                then {{ values }}.{{ bound }}_base
            else cast(
                cast({{ values }}.{{ bound }} as decimal(28, 6)) * {{ unit_of }}.unit_factor
                as decimal(38, 6)
            )
        end as {{ prefix }}_{{ bound }}_base,
        {%- else %}
        {{ values }}.{{ bound }}_base as {{ prefix }}_{{ bound }}_base,
        {%- endif %}
        {%- endfor %}
        {%- if unit_of %}
        case
            when {{ values }}.value_kind <> 'quantitative' then null
            when {{ values }}.has_own_unit then {{ values }}.unit_base
            else {{ unit_of }}.unit_base
        end as {{ prefix }}_unit_base,
        {%- else %}
        {{ values }}.unit_base as {{ prefix }}_unit_base,
        {%- endif %}
        {{ values }}.date_from as {{ prefix }}_date_from,
        {{ values }}.date_to as {{ prefix }}_date_to
        {%- endif %}
{%- endmacro -%}

{#- 「产出指标(50分)」, 「数量指标(必填)」 → the bare wording that map_indicator_type_text knows. -#}
{%- macro indicator_type_text(expression) -%}
    {{ text_replace_all(squeeze(expression), '[(][^()]*[)]分?|[0-9.、:]+|等$', '') }}
{%- endmacro -%}

{#- A tick column: null when empty, its label when ticked, label and text where words stand. -#}
{%- macro ticked(expression, label) -%}
    case
        when {{ null_if_placeholder(squeeze(expression)) }} is null then null
        when {{ text_matches(squeeze(expression), '^[√✓✔☑■1是YyVv]$') }} then '{{ label }}'
        when {{ text_matches(squeeze(expression), '^[×✗✘☐□0否Nn]$') }} then null
        else concat('{{ label }}:', {{ clean_text(expression) }})
    end
{%- endmacro -%}


{#-
  The target as one text: where a sender keeps sign, value and unit in cells of their own they are
  written one after another (「≥」「85」「%」 → 「≥85%」), unless the value already says them.
-#}
{% macro target_as_sent(relation) -%}
    {%- set value = relation ~ '.target_value' -%}
    {%- set sign = relation ~ '.target_operator' -%}
    {%- set unit = relation ~ '.target_unit' -%}
    case
        when {{ sign }} is null and {{ unit }} is null then {{ value }}
        else nullif(concat(
            case when not starts_with(coalesce({{ value }}, ''), {{ sign }}) then {{ sign }} end,
            {{ value }},
            case
                when {{ unit }} in ('-', '—', '——', '/', '无') then ''
                when not ends_with(coalesce({{ value }}, ''), {{ unit }}) then {{ unit }}
            end
        ), '')
    end
{%- endmacro %}
