{#-
  Names as they are compared: without blanks, punctuation and brackets, half-width, lower case; null
  where nothing is left. 「天山区 水务局（本级）」 and 「天山区水务局(本级)」 are one name.
  translate() is slow, so it is asked only where a full-width letter or digit stands.
-#}
{% macro match_text(expression) -%}
    {%- set bare = text_replace_all(
        'lower(' ~ expression ~ ')',
        '[[:space:][:punct:]\u00a0\u3000\u200b\ufeff【】〔〕《》〈〉「」『』“”‘’、。？！·…—～（），：；]+',
        ''
    ) -%}
    nullif(
        case
            when {{ text_matches(expression, '[０-９Ａ-Ｚａ-ｚ]') }} then lower({{ half_width(bare) }})
            else {{ bare }}
        end,
        ''
    )
{%- endmacro %}
