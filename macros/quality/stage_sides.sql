{#-
  The four stages of one indicator side by side, for a group by project and indicator: how many
  lines, their target, weight and what was reached.
-#}
{% macro stage_sides() -%}
    {%- for stage in ['goal', 'monitoring_1', 'monitoring_2', 'self_evaluation'] %}
        count(*) filter (where stage_name = '{{ stage }}') as {{ stage }}_count,
        max(target_hash) filter (where stage_name = '{{ stage }}') as {{ stage }}_target,
        {%- if stage in ('goal', 'self_evaluation') %}
        max(weight) filter (where stage_name = '{{ stage }}') as {{ stage }}_weight,
        {%- endif %}
        {%- if stage != 'goal' %}
        max(quantity_reached) filter (where stage_name = '{{ stage }}') as {{ stage }}_reached,
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
