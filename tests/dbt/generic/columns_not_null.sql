{#- One scan for all columns of a model that promise a value. -#}
{% test columns_not_null(model, columns) %}

select *
from {{ model }}
where
    {%- for column in columns %}
    {{ column }} is null
    {{- ' or' if not loop.last }}
    {%- endfor %}

{% endtest %}
