{#- Kinds on the whole expenditure of a unit (部门单位整体支出), in the order of ref_document_kind. -#}
{%- macro overall_kinds() -%}
    {{ return(['overall_goal', 'overall_monitoring', 'overall_self_evaluation']) }}
{%- endmacro -%}

{#-
A unit's key: its code, else the code that its bureau knows one unit of that name by, else its name.
`names` is int_overall_unit_names joined by bureau and name.
-#}
{%- macro overall_unit_key(relation, names) -%}
    coalesce(
        {{ relation }}.unit_code,
        {{ names }}.unit_code,
        'NAME-' || {{ match_text(relation ~ '.unit_name') }}
    )
{%- endmacro -%}
