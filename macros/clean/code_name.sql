{#-
Cells that hold 「code-name」: 219001-某单位, [037001]某单位, 505_某局, 037001黄山市公安局.
Digits that run straight into the name count as a code from six digits on, because names may begin
with a short number (120急救中心, 12350安全生产举报奖励).
-#}

{%- macro unit_code_prefix() -%}
    ^([[(【（][0-9]{3,21}[])】）][-_—–: ]*|[0-9]{3,21} *[-_—–:：] *|[0-9]{3,21} +|[0-9]{6,21})
{%- endmacro -%}

{#- The code in front of a unit's or department's name, digits only; null where there is none. -#}
{%- macro split_code(expression) -%}
    nullif(
        {{ text_replace_all(
            text_extract(
                clean_text(expression), unit_code_prefix() | trim ~ '[^0-9 -]', 1
            ),
            '[^0-9]', ''
        ) }},
        ''
    )
{%- endmacro -%}

{#- The name without the code in front of it. -#}
{%- macro split_name(expression) -%}
    case
        when {{ split_code(expression) }} is null then {{ clean_text(expression) }}
        else nullif(
            trim(regexp_replace(
                {{ clean_text(expression) }}, '{{ unit_code_prefix() | trim }}', ''
            )),
            ''
        )
    end
{%- endmacro -%}

{%- macro project_code_prefix() -%}
    ^[[(]?([0-9]{8}[A-Z][0-9A-Z]{12})[])]?[-_—–: ]*
{%- endmacro -%}

{#- A project's code: from its own cell, else from a 「code-name」 cell. A code that a spreadsheet
    turned into a number (1.02E+20) is lost and gives null. -#}
{%- macro clean_project_code(code_expression, name_expression) -%}
    coalesce(
        case
            when {{ text_matches(code_expression, '^[0-9]{8}[A-Z][0-9A-Z]{12}$') }}
                then {{ code_expression }}
            when not {{ text_matches(
                squeeze(code_expression), '^[0-9]+[.][0-9]*[eE][+]?[0-9]+$'
            ) }}
                then coalesce(
                    nullif({{ text_extract(
                        'upper(' ~ squeeze(code_expression) ~ ')', project_code_prefix() | trim, 1
                    ) }}, ''),
                    {{ null_if_placeholder(
                        text_replace_all('upper(' ~ squeeze(code_expression) ~ ')', '[.]0+$', '')
                    ) }}
                )
        end,
        nullif({{ text_extract(
            'upper(' ~ squeeze(name_expression) ~ ')', project_code_prefix() | trim, 1
        ) }}, '')
    )
{%- endmacro -%}

{#- A project's name without its own code in front; other numbers in front belong to the name. -#}
{%- macro clean_project_name(expression) -%}
    case
        when {{ text_matches(expression, '^[一-龥][一-龥0-9()（）]*$') }}
            then nullif({{ expression }}, '无')
        when {{ text_matches(squeeze(expression), project_code_prefix() | trim) }}
            then nullif(trim(regexp_replace(
                {{ clean_text(expression) }}, '{{ project_code_prefix() | trim }}', ''
            )), '')
        else {{ null_if_placeholder(clean_text(expression)) }}
    end
{%- endmacro -%}
