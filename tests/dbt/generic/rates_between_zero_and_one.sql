{#- A share is a fraction; what cannot be said is null. -#}
{% test rates_between_zero_and_one(model, columns) %}

select *
from {{ model }}
where
    {%- for column in columns %}
    {{ column }} not between 0 and 1
    {{- ' or' if not loop.last }}
    {%- endfor %}

{% endtest %}
