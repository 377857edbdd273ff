{#-
Numbers as people write them. A text that is not wholly a number (with its currency sign, separators
or unit) gives null: it is never read in part.
-#}

{%- macro number_pattern() -%}
    [-+]?[0-9]+([.][0-9]*)?([eE][-+]?[0-9]+)?|[-+]?[.][0-9]+
{%- endmacro -%}

{#- 「(1,234.50)」 → 「-1234.50」: no separators, no currency; an account's brackets are a minus. -#}
{%- macro bare_number_text(expression) -%}
    {{ text_replace_all(
        text_replace_all(
            text_replace_all(squeeze(expression), '[,¥￥''’]|^人民币|^RMB|整$', ''),
            '[—–―−]', '-'
        ),
        '^[(](.*)[)]$', '-\\1'
    ) }}
{%- endmacro -%}

{#-
decimal(38,6), or null where the text is not a number. So is a number of 10^15 and more (「1e30」):
what is computed from it later would not fit, and one cell must not stop the night of all.
-#}
{%- macro clean_number(expression) -%}
    case
        when {{ text_matches(
            bare_number_text(expression), '^(' ~ number_pattern() | trim ~ ')$'
        ) }}
            then cast(
                try_cast({{ bare_number_text(expression) }} as decimal(21, 6)) as decimal(38, 6)
            )
    end
{%- endmacro -%}

{#-
An amount in yuan, decimal(20,2). A unit in the cell itself (「50万」, 「4753.66万元」) wins over the
unit of the block; no unit anywhere gives null, never a guess. 10^13 yuan and more is no amount (the
gate says so in the cell's finding): a hundred thousand such rows still fit where they are summed.
-#}
{%- macro to_cny(expression, money_unit) -%}
    case
        when {{ text_matches(
            bare_number_text(expression), '^(' ~ number_pattern() | trim ~ ')(元|万元?|亿元?)?$'
        ) }}
            then cast(try_cast(
                round(
                    try_cast(
                        {{ text_replace_all(bare_number_text(expression), '(元|万元?|亿元?)$', '') }}
                        as decimal(24, 6)
                    )
                    * case
                        when {{ text_matches(squeeze(expression), '亿元?整?[)]?$') }} then 100000000
                        when {{ text_matches(squeeze(expression), '万元?整?[)]?$') }} then 10000
                        when {{ text_matches(squeeze(expression), '元整?[)]?$') }} then 1
                        when {{ money_unit }} = '元' then 1
                        when {{ money_unit }} = '万元' then 10000
                        when {{ money_unit }} = '亿元' then 100000000
                    end,
                    2
                ) as decimal(15, 2)
            ) as decimal(20, 2))
    end
{%- endmacro -%}

{#- A score in points: 「99.55」, 「99.55分」, 「96 优」. decimal(9,4); 10,000 and more is no score. -#}
{%- macro clean_score(expression) -%}
    case
        when {{ text_matches(expression, '^[0-9]{1,5}([.][0-9]+)?$') }}
            then cast(try_cast({{ expression }} as decimal(8, 4)) as decimal(9, 4))
        when {{ text_matches(
            bare_number_text(expression), '^[-+]?[0-9]+([.][0-9]+)?分?[(]?(优秀?|良好?|中|差|一般|较差)?[)]?$'
        ) }}
            then cast(try_cast(
                {{ text_extract(bare_number_text(expression), '^[-+]?[0-9]+([.][0-9]+)?') }}
                as decimal(8, 4)
            ) as decimal(9, 4))
    end
{%- endmacro -%}

{#-
A rate as a fraction, decimal(18,6): 「95.8%」 and 「95.8」 are 0.958, 「0.958」 is 0.958, 「1」 is 1.
Without a % sign a value above 1.5 is read as a percentage. A value above 1 and up to 1.5 may be
either: it is kept as a fraction and `is_rate_ambiguous` says so. A million and more is no rate.
-#}
{%- macro clean_rate(expression) -%}
    cast(try_cast(case
        when {{ text_matches(bare_number_text(expression), '^[-+]?[0-9]+([.][0-9]+)?%$') }}
            then try_cast(replace({{ bare_number_text(expression) }}, '%', '') as decimal(18, 6))
            / 100
        when {{ clean_number(expression) }} > 1.5 then {{ clean_number(expression) }} / 100
        else {{ clean_number(expression) }}
    end as decimal(12, 6)) as decimal(18, 6))
{%- endmacro -%}

{%- macro is_rate_ambiguous(expression) -%}
    coalesce({{ clean_number(expression) }} > 1 and {{ clean_number(expression) }} <= 1.5, false)
{%- endmacro -%}

{#- 「2020-05-19 10:15:00」, 「2020/5/19」, 「20200519101500123」 → timestamp. -#}
{%- macro clean_timestamp(expression) -%}
    coalesce(
        try_cast(nullif({{ text_extract(
            text_replace_all(half_width(expression), '[/.年月]', '-'),
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}'
        ) }}, '') as timestamp),
        try_cast(nullif({{ text_extract(
            text_replace_all(half_width(expression), '[/.年月]', '-'),
            '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'
        ) }}, '') as timestamp),
        try_cast(nullif({{ text_replace_all(
            text_extract(squeeze(expression), '^[0-9]{14}'),
            '^(....)(..)(..)(..)(..)(..)$', '\\1-\\2-\\3 \\4:\\5:\\6'
        ) }}, '') as timestamp),
        try_cast(nullif({{ text_replace_all(
            text_extract(squeeze(expression), '^[0-9]{8}$'), '^(....)(..)(..)$', '\\1-\\2-\\3'
        ) }}, '') as timestamp)
    )
{%- endmacro -%}
