{#-
Text as sent → text that can be compared. The only place where values are repaired;
the text as sent always stays beside the repaired value.
-#}

{#- Blanks of every kind are one space, ends are trimmed, nothing left is null. -#}
{%- macro clean_text(expression) -%}
    nullif(trim({{ text_replace_all(expression, '[ \t\n\r\u00a0\u3000\u200b\ufeff]+', ' ') }}), '')
{%- endmacro -%}

{#- Full-width letters, digits and signs become the half-width ones. translate() is slow (14 µs a
    value) and most values need none of it, so it is asked only where such a sign stands. -#}
{%- macro half_width(expression) -%}
    case
        when {{ text_matches(expression, '[！-～﹪]') }}
            then translate(
                {{ expression }},
                '０１２３４５６７８９．，（）％﹪＋－＊／：；＝＞＜＿［］ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ',
                '0123456789.,()%%+-*/:;=><_[]ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            )
        else {{ expression }}
    end
{%- endmacro -%}

{#- Half-width and without any blank: what numbers, codes and short answers are read from. -#}
{%- macro squeeze(expression) -%}
    {{ text_replace_all(half_width(expression), '[ \t\n\r\u00a0\u3000\u200b\ufeff]+', '') }}
{%- endmacro -%}

{#- Signs that stand for «nothing here» (—, /, *, 无) become null. -#}
{%- macro null_if_placeholder(expression) -%}
    nullif({{ text_replace_all(expression, '^([-—–―/*、…]+|无)$', '') }}, '')
{%- endmacro -%}

{#- A reason that says there is nothing to explain (「无」, 「无偏差」 of some systems) is none. -#}
{%- macro clean_reason(expression) -%}
    nullif({{ text_replace_all(
        null_if_placeholder(clean_text(expression)), '^(无|没有|不存在)(偏差|偏离|差异)[。.]?$', ''
    ) }}, '')
{%- endmacro -%}
