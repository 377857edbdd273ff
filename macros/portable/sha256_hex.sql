{#- The sha256 of a text in lower-case hexadecimal: sha256 in DuckDB, sha2(x, 256) in Spark. -#}
{% macro sha256_hex(text) -%}
    {{ 'sha2(' ~ text ~ ', 256)' if target.type == 'spark' else 'sha256(' ~ text ~ ')' }}
{%- endmacro %}
