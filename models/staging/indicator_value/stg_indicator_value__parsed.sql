with spelled as (
    select * from {{ ref('stg_indicator_value__spelled') }}
),

numbers as (
    select * from {{ ref('stg_indicator_value__numbers') }}
),

dates as (
    select * from {{ ref('stg_indicator_value__dates') }}
),

unit_texts as (
    select * from {{ ref('map_unit_text') }}
),

result_texts as (
    select * from {{ ref('map_qualitative_result') }}
),

-- The unit of the value itself, else of its column, else of the indicator's name.
-- 「50万」 beside a column 「元」 is 万元.
values_joined as (
    select
        spelled.value_key,
        spelled.value_text,
        spelled.squeezed,
        spelled.content,
        spelled.is_declared_text,
        spelled.column_operator,
        spelled.hint_operator,
        numbers.value_key is not null as has_number,
        numbers.number,
        numbers.number_high,
        numbers.operator as own_operator,
        numbers.unit_text as own_unit_text,
        numbers.unreadable_reason as number_problem,
        dates.value_key is not null as has_date,
        dates.operator as date_operator,
        dates.date_from,
        dates.date_to,
        dates.is_bad_date,
        result_texts.result_level,
        case
            when numbers.unit_text in ('万', '亿')
                and starts_with(
                    coalesce(spelled.column_unit_text, spelled.hint_unit_text), numbers.unit_text
                )
                then coalesce(spelled.column_unit_text, spelled.hint_unit_text)
            when numbers.unit_text in ('万', '亿')
                then concat(
                    numbers.unit_text,
                    coalesce(spelled.column_unit_text, spelled.hint_unit_text, '')
                )
            else coalesce(numbers.unit_text, spelled.column_unit_text, spelled.hint_unit_text)
        end as unit_text
    from spelled
    left join numbers
        on spelled.value_key = numbers.value_key
    left join dates
        on spelled.value_key = dates.value_key
    left join result_texts
        on spelled.content = result_texts.result_text
),

-- 万亩 = 10000 亩; 万元/公里 = 10000 元 per 公里
units as (
    select distinct
        unit_text,
        split_part(unit_text, '/', 1) as upper_text,
        substr(unit_text, length(split_part(unit_text, '/', 1)) + 1) as lower_text
    from values_joined
    where unit_text is not null
),

units_read as (
    select
        units.unit_text,
        coalesce(whole_units.unit, units.unit_text) as unit,
        case
            when whole_units.unit_text is not null then whole_units.unit_base
            else concat(
                coalesce(
                    upper_units.unit_base,
                    scaled_units.unit_base,
                    {{ text_replace_all('units.upper_text', '^[万亿]', '') }}
                ),
                {{ text_replace_all('units.lower_text', '[*·.、每]+', '·') }}
            )
        end as unit_base,
        cast(
            case
                when whole_units.unit_text is not null then whole_units.factor
                when upper_units.unit_text is not null then upper_units.factor
                else coalesce(scaled_units.factor, 1) * case substr(units.upper_text, 1, 1)
                    when '万' then 10000
                    when '亿' then 100000000
                    else 1
                end
            end as decimal(18, 6)
        ) as factor,
        coalesce(whole_units.category, upper_units.category, scaled_units.category) as category,
        coalesce(whole_units.unit_text, upper_units.unit_text, scaled_units.unit_text) is not null
        as is_known
    from units
    left join unit_texts as whole_units
        on units.unit_text = whole_units.unit_text
    left join unit_texts as upper_units
        on units.upper_text = upper_units.unit_text
    left join unit_texts as scaled_units
        on {{ text_extract('units.upper_text', '^[万亿](.+)$', 1) }} = scaled_units.unit_text
),

-- A value that is nothing but an operator and a unit.
values_without_number as (
    select
        values_joined.value_key
    from values_joined
    left join unit_texts
        on {{ text_replace_all(
            'values_joined.content', '^(>=|<=|>|<|=|±)?[万亿]?', ''
        ) }} = unit_texts.unit_text
        or {{ text_replace_all('values_joined.content', '^(>=|<=|>|<|=|±)', '') }}
            = unit_texts.unit_text
    where not values_joined.has_number
        and not {{ text_matches('values_joined.content', '[0-9]') }}
        and (
            unit_texts.category <> 'none'
            or {{ text_matches('values_joined.content', '^(>=|<=|>|<|=|±|万|亿)+$') }}
        )
    group by values_joined.value_key
),

values_judged as (
    select
        values_joined.*,
        case
            when values_joined.squeezed = '' then 'blank'
            when {{ text_matches(
                'values_joined.squeezed',
                '^(无|[/\\\\]+|[-—–―]+|、|…+|[.]{3,}|不适用|不涉及|不考核|[Nn]/?[Aa])$'
                ~ '|^无此项|^无此指标|^本项目(不适用|不涉及|无)'
            ) }} then 'not_applicable'
            when {{ text_matches('values_joined.squeezed', '�|[À-ÿ]{2,}') }} then 'garbled'
            when {{ text_matches(
                'values_joined.squeezed', '^[*＊]+$|^[×xX]+[%％]?$|^[□☐]+$'
            ) }} then 'placeholder'
            when {{ text_matches(
                'values_joined.squeezed',
                '[*＊]{2,}|(^|[<>=≥≤])[*＊]|字以内|请填|填写|填报|例如|XX+|××+|指标值及单位'
            ) }} then 'prompt'
            when values_joined.is_declared_text then 'qualitative'
            when values_joined.has_date and values_joined.is_bad_date then 'bad_date'
            when values_joined.has_date then 'date'
            when values_joined.has_number and values_joined.number_problem is null
                then 'quantitative'
            when {{ text_matches('values_joined.content', '[0-9]+/[0-9]') }} then 'fraction'
            when values_joined.has_number then values_joined.number_problem
            when {{ text_matches('values_joined.content', '[0-9][^0-9.]+[0-9]') }}
                then 'several_numbers'
            when {{ text_matches('values_joined.content', '[0-9]') }} then 'number_inside_text'
            when values_without_number.value_key is not null then 'no_number'
            when {{ text_matches('values_joined.content', '百分之|分之') }} then 'number_in_words'
            else 'qualitative'
        end as verdict
    from values_joined
    left join values_without_number
        on values_joined.value_key = values_without_number.value_key
),

values_parsed as (
    select
        values_judged.value_key,
        values_judged.value_text,
        case
            when values_judged.verdict
                in ('quantitative', 'qualitative', 'date', 'not_applicable')
                then values_judged.verdict
            else 'unreadable'
        end as value_kind,
        case
            when values_judged.verdict
                not in ('quantitative', 'qualitative', 'date', 'not_applicable')
                then values_judged.verdict
        end as unreadable_reason,
        case values_judged.verdict
            when 'quantitative' then coalesce(
                values_judged.own_operator,
                values_judged.column_operator,
                values_judged.hint_operator,
                '='
            )
            when 'date' then values_judged.date_operator
            when 'qualitative' then 'text'
        end as operator,
        values_judged.verdict = 'quantitative'
        and values_judged.own_operator is null
        and values_judged.column_operator is null
        and values_judged.hint_operator is null as is_operator_implied,
        values_judged.verdict = 'quantitative'
        and values_judged.own_operator is not null as has_own_operator,
        case when values_judged.verdict = 'quantitative' then values_judged.number end as number,
        case when values_judged.verdict = 'quantitative' then values_judged.number_high end
            as number_high,
        case when values_judged.verdict = 'quantitative' then units_read.unit end as unit,
        case when values_judged.verdict = 'quantitative' then nullif(units_read.unit_base, '') end
            as unit_base,
        cast(case when values_judged.verdict = 'quantitative' then units_read.category end
            as {{ text_type() }}) as unit_category,
        case when values_judged.verdict = 'quantitative' then coalesce(units_read.factor, 1) end
            as unit_factor,
        cast(
            case
                when values_judged.verdict = 'quantitative'
                    then cast(values_judged.number as decimal(28, 6))
                    * coalesce(units_read.factor, 1)
            end as decimal(38, 6)
        ) as number_base,
        cast(
            case
                when values_judged.verdict = 'quantitative'
                    then cast(values_judged.number_high as decimal(28, 6))
                    * coalesce(units_read.factor, 1)
            end as decimal(38, 6)
        ) as number_high_base,
        values_judged.verdict = 'quantitative'
        and values_judged.own_unit_text is not null as has_own_unit,
        values_judged.verdict = 'quantitative'
        and values_judged.own_unit_text is null
        and coalesce(units_read.category = 'share', false)
        and units_read.unit <> '比例'
        and values_judged.number > 0
        and values_judged.number <= 1 as is_scale_ambiguous,
        case when values_judged.verdict = 'date' then values_judged.date_from end as date_from,
        case when values_judged.verdict = 'date' then values_judged.date_to end as date_to,
        case when values_judged.verdict = 'qualitative' then values_judged.result_level end
            as result_level
    from values_judged
    left join units_read
        on values_judged.unit_text = units_read.unit_text
)

select * from values_parsed
