{#-
Text functions whose names or defaults differ between engines. Patterns use no backslash classes.
-#}

{%- macro text_matches(expression, pattern) -%}
    {%- if target.type == 'spark' -%} regexp_like({{ expression }}, '{{ pattern }}')
    {%- else -%} regexp_matches({{ expression }}, '{{ pattern }}')
    {%- endif -%}
{%- endmacro -%}

{%- macro text_extract(expression, pattern, group=0) -%}
    regexp_extract({{ expression }}, '{{ pattern }}', {{ group }})
{%- endmacro -%}

{%- macro text_replace_all(expression, pattern, replacement) -%}
    {%- if target.type == 'spark' -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement | replace("\\", "$") }}')
    {%- else -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
    {%- endif -%}
{%- endmacro -%}

{%- macro text_type() -%}
    {%- if target.type == 'spark' -%} string {%- else -%} varchar {%- endif -%}
{%- endmacro -%}
