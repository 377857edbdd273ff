{#- One text key out of several columns; null and empty stay different from each other. -#}
{% macro row_key(columns) -%}
    md5(concat_ws('|'{% for column in columns %}, coalesce(cast({{ column }} as varchar), '~')
    {%- endfor %}))
{%- endmacro %}
