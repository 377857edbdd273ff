{#- One scan for all code columns of a model: column -> accepted values; null is allowed here. -#}
{% test codes_accepted(model, codes) %}

select *
from {{ model }}
where
    {%- for column, values in codes.items() %}
    {{ column }} not in ('{{ values | join("', '") }}')
    {{- ' or' if not loop.last }}
    {%- endfor %}

{% endtest %}
