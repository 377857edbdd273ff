{#- A decimal as people write it: without the zeros behind the last figure. -#}
{% macro plain_number(number) -%}
    regexp_replace(regexp_replace(cast({{ number }} as varchar), '(\.[0-9]*?)0+$', '\1'), '\.$', '')
{%- endmacro %}
