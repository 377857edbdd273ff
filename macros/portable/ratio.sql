{#-
  A quotient of two exact amounts with 14 decimals; null where the divisor is null or zero, or
  where the quotient does not fit. Dividing two decimals differs between engines, hence doubles:
  one correctly rounded division, the same on every machine.
-#}
{% macro ratio(dividend, divisor) -%}
    try_cast(
        round(cast({{ dividend }} as double) / nullif(cast({{ divisor }} as double), 0), 14)
        as decimal(30, 14)
    )
{%- endmacro %}
