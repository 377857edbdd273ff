{%- set year = year_pattern() | trim -%}
{%- set month_day = month_day_pattern() | trim -%}
{%- set ending = '(?:份|年?底|年?末|初|上旬|中旬|下旬)?$' -%}
{%- set month = '(?:0?[1-9]|1[0-2])' -%}
{%- set shapes = {
    'day_digits': '^' ~ year ~ '(0[1-9]|1[0-2])([0-3][0-9])$',
    'day': '^' ~ year ~ '(?:年|[./-])' ~ month_day ~ ending,
    'year': '^' ~ year ~ '年(度|内|全年|年?底|年?末|上半年|下半年|第?[一二三四1-4]季度)?$',
    'day_range': '^' ~ year ~ '(?:年|[./-])' ~ month_day ~ '(?:-|~|至|到)(?:' ~ year
        ~ '(?:年|[./-]))?' ~ month_day ~ ending,
    'year_range': '^' ~ year ~ '年?(?:-|~|至|到)' ~ year ~ '年?(?:度|底|末)?$',
    'part': '^(?:' ~ month ~ '月(?:[0-9]{1,2}日)?(?:份|底|末|初|上旬|中旬|下旬)?|全年|年底|年末|'
        ~ '年内|年中|上半年|下半年|第?[一二三四1-4]季度|当年|本年度?|月底|季末|' ~ month
        ~ '月?(?:[0-9]{1,2}日)?(?:-|~|至|到)' ~ month ~ '月(?:[0-9]{1,2}日)?(?:份|底|末)?)$',
} -%}

with spelled as (
    select * from {{ ref('stg_indicator_value__spelled') }}
),

-- 「完成时间为…」 in front and 「…前完成」 behind do not hide a date
values_trimmed as (
    select
        value_key,
        content,
        column_unit_text,
        hint_unit_text,
        column_operator,
        {{ text_replace_all(
            text_replace_all(
                'content',
                '^(完成|完工|竣工|开工|截止|到位|支付|服务)?(时间|时限|日期|期限)?(为|于|在|是|:)?'
                ~ '(预计|计划|力争|确保|每年|当年的|于|在|截至|截止到?|到)*'
                ~ '(<=|>=|=|<|>|不晚于|不迟于|早于)?(于|在)?',
                ''
            ),
            '(全部|全面|按时|按期|基本)*(完成|完工|到位|竣工|开工|发放完毕|发放|拨付|支付|投入使用'
            ~ '|建成|结束|交付|验收|启动)*$',
            ''
        ) }} as body,
        {{ text_extract('content', '^[^0-9]*?(<=|>=|<|>|不晚于|不迟于|早于)', 1) }} as sign
    from spelled
    where {{ text_matches('content', '(19|20)[0-9]{2}|[0-9]月|年|季|月底') }}
),

values_cored as (
    select
        *,
        {{ text_extract('body', '(之前|以前|前|之后|以后|后|起|止)$') }} as marker,
        {{ text_replace_all('body', '(之前|以前|前|之后|以后|后|起|止)$', '') }} as core
    from values_trimmed
),

values_shaped as (
    select
        *,
        case
            {%- for shape, pattern in shapes.items() %}
            when {{ text_matches('core', pattern) }} then '{{ shape }}'
            {%- endfor %}
        end as shape
    from values_cored
),

-- 2021.7, 2021-2022 or 20210701 beside a unit of their own are numbers
dates_found as (
    select
        value_key,
        core,
        shape,
        case
            when marker in ('之前', '以前', '前', '止')
                or sign in ('<=', '<', '不晚于', '不迟于', '早于') then '<='
            when marker in ('之后', '以后', '后', '起') or sign in ('>=', '>') then '>='
            when {{ text_matches('core', '年?[底末]$') }} and column_operator = '<=' then '<='
            when shape in ('day_range', 'year_range')
                or {{ text_matches('core', '全年|年度|年内|半年|季度|[-~至到].*月') }} then 'range'
            else coalesce(column_operator, '=')
        end as operator
    from values_shaped
    where shape is not null
        and (
            {{ text_matches('core', '年|月|季') }}
            or (
                column_unit_text is null
                and hint_unit_text is null
                and (
                    {{ text_matches('core', '[/-]') }}
                    or {{ text_matches('core', '[.](0[1-9]|1[0-2])$|[.][0-9]+[.]') }}
                    or shape = 'day_digits'
                )
            )
        )
),

dates_split as (
    select
        value_key,
        core,
        shape,
        operator,
        case shape
            {%- for shape in shapes if shape != 'part' %}
            when '{{ shape }}' then {{ text_extract('core', shapes[shape], 1) }}
            {%- endfor %}
        end as first_year,
        case shape
            when 'day_digits' then {{ text_extract('core', shapes['day_digits'], 2) }}
            when 'day' then {{ text_extract('core', shapes['day'], 2) }}
            when 'day_range' then {{ text_extract('core', shapes['day_range'], 2) }}
            when 'year' then case
                when {{ text_matches('core', '底|末') }} then '12'
                when {{ text_matches('core', '下半年|[三3]季') }} then '7'
                when {{ text_matches('core', '[二2]季') }} then '4'
                when {{ text_matches('core', '[四4]季') }} then '10'
                else '1'
            end
            else '1'
        end as first_month,
        case shape
            when 'day_digits' then {{ text_extract('core', shapes['day_digits'], 3) }}
            when 'day' then concat(
                {{ text_extract('core', shapes['day'], 3) }},
                {{ text_extract('core', shapes['day'], 4) }}
            )
            when 'day_range' then concat(
                {{ text_extract('core', shapes['day_range'], 3) }},
                {{ text_extract('core', shapes['day_range'], 4) }}
            )
            else ''
        end as first_day,
        case shape
            when 'day_range' then coalesce(
                nullif({{ text_extract('core', shapes['day_range'], 5) }}, ''),
                {{ text_extract('core', shapes['day_range'], 1) }}
            )
            when 'year_range' then {{ text_extract('core', shapes['year_range'], 2) }}
        end as second_year,
        case shape
            when 'day_range' then {{ text_extract('core', shapes['day_range'], 6) }}
            when 'year_range' then '12'
            when 'year' then case
                when {{ text_matches('core', '上半年|[二2]季') }} then '6'
                when {{ text_matches('core', '[一1]季') }} then '3'
                when {{ text_matches('core', '[三3]季') }} then '9'
                else '12'
            end
        end as second_month,
        case shape
            when 'day_range' then concat(
                {{ text_extract('core', shapes['day_range'], 7) }},
                {{ text_extract('core', shapes['day_range'], 8) }}
            )
            else ''
        end as second_day
    from dates_found
),

dates_cast as (
    select
        value_key,
        shape,
        operator,
        {{ date_of('first_year', 'first_month', 'first_day') }} as first_date,
        case
            when shape in ('day', 'day_digits') and first_day <> ''
                then {{ date_of('first_year', 'first_month', 'first_day') }}
            when shape in ('day', 'day_digits')
                then last_day({{ date_of('first_year', 'first_month', 'first_day') }})
            when second_day <> ''
                then {{ date_of(
                    'coalesce(second_year, first_year)', 'second_month', 'second_day'
                ) }}
            else last_day(
                {{ date_of('coalesce(second_year, first_year)', 'second_month', "''") }}
            )
        end as last_date
    from dates_split
),

dates_judged as (
    select
        value_key,
        operator,
        case when operator <> '<=' then first_date end as date_from,
        case when operator <> '>=' then last_date end as date_to,
        shape <> 'part'
        and (first_date is null or last_date is null or first_date > last_date) as is_bad_date
    from dates_cast
)

select * from dates_judged
