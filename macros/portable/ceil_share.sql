{#-
  ceil(rate * count) in whole numbers, the rate exact to the millionth: 0.10 of 30 is 3, which
  ceil(0.1 * 30) in floating point does not promise.
-#}
{% macro ceil_share(rate, item_count) -%}
    cast(ceil(cast({{ rate }} as decimal(9, 6)) * cast({{ item_count }} as decimal(18, 0))) as bigint)
{%- endmacro %}
