{#-
  The code of a project that was sent without one and that the register does not know: the same
  bureau, unit and name give the same code in every form and every year's build.
-#}
{% macro assigned_project_code(bureau_code, unit_name, project_name) -%}
    'NAME-' || upper(substr(md5(concat_ws(
        '|',
        {{ bureau_code }},
        coalesce({{ match_text(unit_name) }}, ''),
        coalesce({{ match_text(project_name) }}, '')
    )), 1, 16))
{%- endmacro %}
