{#-
  Names as they are compared: without blanks, punctuation and brackets, half-width, lower case; null
  where nothing is left. 「天山区 水务局（本级）」 and 「天山区水务局(本级)」 are one name.
-#}
{% macro match_text(expression) -%}
    nullif(
        lower({{ text_replace_all(
            half_width(expression),
            '[[:space:][:punct:]\u00a0\u3000\u200b\ufeff【】〔〕《》〈〉「」『』“”‘’、。？！·…—～]+',
            ''
        ) }}),
        ''
    )
{%- endmacro %}
