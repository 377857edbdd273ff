{#-
What an indicator's name says about the operator and the unit: 「(≥**%)」, 「≥**人」, or a unit in
brackets at its end, 「(亩)」. Only names that can hold such a hint are searched.
-#}
{%- macro name_hint(name) -%}
    case
        when {{ text_matches(name, '[*＊)）]') }}
            then {{ text_extract(
                name,
                '[<>=≥≤≧≦＞＜＝﹥﹤﹦═]* *[*＊]{2,} *[^()（）]*|[(（] *[^()（）0-9*]{1,8} *[)）] *$'
            ) }}
        else ''
    end
{%- endmacro -%}

{#- The key over which indicator values are parsed once: all that the reading depends on. -#}
{%- macro value_key(value_text, operator_text, unit_text, hint) -%}
    concat(
        coalesce({{ value_text }}, ''), '¦', coalesce({{ operator_text }}, ''), '¦',
        coalesce({{ unit_text }}, ''), '¦', coalesce({{ hint }}, '')
    )
{%- endmacro -%}
