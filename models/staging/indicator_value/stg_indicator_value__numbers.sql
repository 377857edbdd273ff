{%- set number = '([0-9]+(?:[.][0-9]+)?)' -%}
{%- set signed = '([+-]?[0-9]+(?:[.][0-9]+)?)' -%}
{%- set shapes = {
    'centre': '^([^0-9.±+-]*)' ~ number ~ '([^0-9±]{0,4})±' ~ number ~ '([^0-9]*)$',
    'range': '^([^0-9.+-]*)' ~ signed ~ '([^0-9~+-]{0,6}?)(?:-|~|至|到)' ~ number ~ '([^0-9]*)$',
    'single': '^([^0-9.+-]*)' ~ signed ~ '([^0-9]*)$',
} -%}
{#- the groups of each shape: lead, first number, middle, second number, tail -#}
{%- set parts = {
    'lead_text': {'centre': 1, 'range': 1, 'single': 1},
    'first_number_text': {'centre': 2, 'range': 2, 'single': 2},
    'middle_text': {'centre': 3, 'range': 3},
    'second_number_text': {'centre': 4, 'range': 4},
    'tail_text': {'centre': 5, 'range': 5, 'single': 3},
} -%}

with spelled as (
    select * from {{ ref('stg_indicator_value__spelled') }}
),

operator_texts as (
    select * from {{ ref('map_operator_text') }}
),

unit_texts as (
    select * from {{ ref('map_unit_text') }}
    where category <> 'none'
),

values_shaped as (
    select
        value_key,
        content,
        case
            {%- for shape, pattern in shapes.items() %}
            when {{ text_matches('content', pattern) }} then '{{ shape }}'
            {%- endfor %}
        end as shape
    from spelled
    where {{ text_matches('content', '[0-9]') }}
),

values_split as (
    select
        value_key,
        shape,
        {%- for part, groups in parts.items() %}
        case shape
            {%- for shape, group in groups.items() %}
            when '{{ shape }}' then {{ text_extract('content', shapes[shape], group) }}
            {%- endfor %}
        end as {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from values_shaped
    where shape is not null
),

-- In front of a number: [anything] operator [fillers], or fillers only.
leads as (
    select distinct
        lead_text,
        {{ text_replace_all('lead_text', filler_words() | trim ~ '$', '') }} as lead_core
    from values_split
),

leads_matched as (
    select
        leads.lead_text,
        leads.lead_core,
        operator_texts.operator as lead_operator,
        substr(
            leads.lead_core, 1, length(leads.lead_core) - length(operator_texts.operator_text)
        ) as before_operator
    from leads
    left join operator_texts
        on operator_texts.position = 'prefix'
        and ends_with(leads.lead_core, operator_texts.operator_text)
    qualify row_number() over (
        partition by leads.lead_text order by length(operator_texts.operator_text) desc nulls last
    ) = 1
),

leads_read as (
    select
        lead_text,
        lead_operator,
        lead_core = '±' as is_plus_minus,
        {{ text_extract('lead_text', '^(每[一-龥]{1,3}){1,2}$') }} as per_text,
        case
            when lead_core in ('', '±') then true
            when lead_operator is not null
                then length(before_operator) <= 20
                and not {{ text_matches('before_operator', '([不未无非勿]|[<>=±])$') }}
            when {{ text_matches('lead_text', '(为|达到|达|是|:)$') }}
                then length(lead_core) <= 20 and not {{ text_matches('lead_core', '[第<>=±]') }}
            else {{ text_matches('lead_text', '^(每[一-龥]{1,3}){1,2}$') }}
        end as is_lead_read
    from leads_matched
),

-- Behind a number: unit [operator] [fillers]. The same reading serves the text between two numbers.
tails as (
    select distinct
        tail_text,
        {{ text_replace_all(
            text_replace_all('tail_text', '^[余多]', ''), tail_words() | trim ~ '$', ''
        ) }} as tail_core
    from (
        select tail_text from values_split
        union
        select middle_text as tail_text from values_split
    ) as texts
    where tail_text is not null
),

tails_matched as (
    select
        tails.tail_text,
        operator_texts.operator as tail_operator,
        {{ text_replace_all(
            "substr(tails.tail_core, 1, length(tails.tail_core)"
            ~ " - coalesce(length(operator_texts.operator_text), 0))",
            tail_words() | trim ~ '$', ''
        ) }} as unit_and_rest
    from tails
    left join operator_texts
        on operator_texts.position = 'suffix'
        and ends_with(tails.tail_core, operator_texts.operator_text)
    qualify row_number() over (
        partition by tails.tail_text order by length(operator_texts.operator_text) desc nulls last
    ) = 1
),

tails_units as (
    select
        tails_matched.tail_text,
        tails_matched.tail_operator,
        tails_matched.unit_and_rest,
        unit_texts.unit_text as known_unit,
        case
            when {{ text_matches('tails_matched.unit_and_rest', '^[万亿]') }}
                and not starts_with(tails_matched.unit_and_rest, unit_texts.unit_text)
                then concat(substr(tails_matched.unit_and_rest, 1, 1), unit_texts.unit_text)
            else unit_texts.unit_text
        end as known_unit_text
    from tails_matched
    left join unit_texts
        on starts_with(tails_matched.unit_and_rest, unit_texts.unit_text)
        or (
            {{ text_matches('tails_matched.unit_and_rest', '^[万亿]') }}
            and starts_with(substr(tails_matched.unit_and_rest, 2), unit_texts.unit_text)
        )
    qualify row_number() over (
        partition by tails_matched.tail_text
        order by length(unit_texts.unit_text) desc nulls last, unit_texts.unit_text
    ) = 1
),

tails_read as (
    select
        tail_text,
        tail_operator,
        case
            when unit_and_rest in ('', '万', '亿') then unit_and_rest
            when unit_and_rest = known_unit_text then unit_and_rest
            when {{ text_matches('unit_and_rest', '[,，;；。:：<>=±]') }} then null
            when {{ text_matches('unit_and_rest', '[/每]') }} and length(unit_and_rest) <= 14
                then unit_and_rest
            when known_unit_text is not null
                and length(unit_and_rest) <= length(known_unit_text) + 10
                then known_unit_text
            when length(unit_and_rest) <= 4 then unit_and_rest
        end as unit_text
    from tails_units
),

values_read as (
    select
        values_split.value_key,
        values_split.shape,
        leads_read.lead_operator,
        leads_read.is_plus_minus,
        tails_read.tail_operator,
        tails_read.unit_text as tail_unit_text,
        middles_read.unit_text as middle_unit_text,
        leads_read.is_lead_read,
        case
            when leads_read.per_text <> ''
                then concat(
                    coalesce(tails_read.unit_text, ''), '/', substr(leads_read.per_text, 2)
                )
            else nullif(coalesce(nullif(tails_read.unit_text, ''), middles_read.unit_text), '')
        end as unit_text,
        length({{ text_extract('values_split.first_number_text', '[0-9]+') }}) <= 12
        and length(
            {{ text_extract("coalesce(values_split.second_number_text, '')", '[0-9]*') }}
        ) <= 12 as is_storable,
        {{ text_matches('values_split.lead_text', '[^<>=±]$') }}
        and {{ text_matches('values_split.first_number_text', '^[+-]') }} as is_sign_in_words,
        try_cast(values_split.first_number_text as decimal(18, 6)) as first_number,
        try_cast(values_split.second_number_text as decimal(18, 6)) as second_number
    from values_split
    inner join leads_read
        on values_split.lead_text = leads_read.lead_text
    inner join tails_read
        on values_split.tail_text = tails_read.tail_text
    left join tails_read as middles_read
        on values_split.middle_text = middles_read.tail_text
),

numbers_judged as (
    select
        value_key,
        unit_text,
        case
            when shape = 'range' or shape = 'centre' or is_plus_minus then 'range'
            else coalesce(lead_operator, tail_operator)
        end as operator,
        cast(
            case
                when shape = 'centre' then first_number - second_number
                when is_plus_minus then -first_number
                else first_number
            end as decimal(18, 6)
        ) as number,
        cast(
            case
                when shape = 'centre' then first_number + second_number
                when shape = 'range' then second_number
                when is_plus_minus then first_number
            end as decimal(18, 6)
        ) as number_high,
        case
            when not is_storable then 'number_too_large'
            when not is_lead_read or tail_unit_text is null or is_sign_in_words
                then 'number_inside_text'
            when shape in ('range', 'centre') and lead_operator is not null
                then 'operator_mismatch'
            when shape in ('range', 'centre')
                and (
                    middle_unit_text is null
                    or (middle_unit_text <> '' and middle_unit_text <> tail_unit_text)
                )
                then 'several_numbers'
            when shape = 'range' and first_number >= second_number then 'several_numbers'
            when left(lead_operator, 1) <> left(tail_operator, 1) then 'operator_mismatch'
        end as unreadable_reason
    from values_read
)

select * from numbers_judged
