{#-
  The four stages of one indicator side by side, for a group by project and indicator: how many
  lines, their target, weight and what was reached.
-#}
{% macro stage_sides() -%}
    {%- for stage, number in [
        ('goal', 0), ('monitoring_1', 1), ('monitoring_2', 2), ('self_evaluation', 9)
    ] %}
        count(*) filter (where stage_no = {{ number }}) as {{ stage }}_count,
        max(target_hash) filter (where stage_no = {{ number }}) as {{ stage }}_target,
        {%- if stage in ('goal', 'self_evaluation') %}
        max(weight) filter (where stage_no = {{ number }}) as {{ stage }}_weight,
        {%- endif %}
        {%- if stage != 'goal' %}
        max(quantity_reached) filter (where stage_no = {{ number }}) as {{ stage }}_reached,
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
