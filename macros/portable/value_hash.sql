{#- A 64-bit hash, only ever compared for equality within one run; its value differs by engine. -#}
{% macro value_hash(expressions) -%}
    {{ 'xxhash64' if target.type == 'spark' else 'hash' }}({{ expressions | join(', ') }})
{%- endmacro %}
