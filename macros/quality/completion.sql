{#-
  reached / wanted with 14 decimals, held between -1 and 10: beyond that no completion changes, and
  an absurd number cannot overflow the column. Null stays null: greatest() and least() skip nulls.
-#}
{% macro bounded_ratio(reached, wanted) -%}
    case
        when {{ reached }} is not null and {{ wanted }} <> 0
            then cast(
                round(
                    greatest(
                        least(cast({{ reached }} as double) / cast({{ wanted }} as double), 10), -1
                    ),
                    14
                ) as decimal(16, 14)
            )
    end
{%- endmacro %}

{#-
  Completion of a reverse target that was exceeded, B / A > 1: linear 1 - (B - A) / A down to 0 at
  twice the target; or A / B; or nothing, as `completion.reverse_method` says.
-#}
{% macro reverse_completion(share) -%}
    case completion_reverse_method
        when 'ratio' then 1 / cast({{ share }} as double)
        when 'all_or_nothing' then 0
        else greatest(2 - {{ share }}, 0)
    end
{%- endmacro %}
