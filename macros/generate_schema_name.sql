{#- Schemas are named exactly as the folders say (staging, marts, ...), with no prefix of a target. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
