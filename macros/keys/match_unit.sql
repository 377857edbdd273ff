{#-
  Names of units as they are compared: 「大英县司法局部门」, 「大英县司法局（本级）」 and 「大英县司法局」 are
  one unit, as far as a form is compared with another of the same project.
-#}
{% macro match_unit(expression) -%}
    nullif({{ text_replace_all(match_text(expression), '(部门|本级|机关)+$', '') }}, '')
{%- endmacro %}
