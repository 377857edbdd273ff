with texts as (
    select * from {{ ref('stg_indicator_value__texts') }}
),

operator_texts as (
    select * from {{ ref('map_operator_text') }}
),

unit_texts as (
    select * from {{ ref('map_unit_text') }}
    where category <> 'none'
),

texts_squeezed as (
    select
        value_key,
        value_text,
        {{ squeeze('value_text') }} as squeezed,
        {{ squeeze('operator_text') }} as operator_text,
        {{ squeeze('unit_text') }} as unit_text,
        {{ squeeze('name_hint') }} as name_hint
    from texts
),

texts_spelled as (
    select
        value_key,
        value_text,
        squeezed,
        {{ text_replace_all(
            indicator_signs('squeezed'), '(T?00:00:00([.]0+)?|[。.;；,，、!！]+)$', ''
        ) }} as spelled,
        {{ indicator_signs('operator_text') }} as column_operator_text,
        {{ null_if_placeholder('unit_text') }} as column_unit_text,
        {{ indicator_signs('name_hint') }} as hint
    from texts_squeezed
),

texts_prepared as (
    select
        texts_spelled.value_key,
        texts_spelled.value_text,
        texts_spelled.squeezed,
        case
            when {{ text_matches('texts_spelled.spelled', '^定性.') }}
                then substr(texts_spelled.spelled, 3)
            else {{ without_thousands_separators('texts_spelled.spelled') }}
        end as content,
        {{ text_matches('texts_spelled.spelled', '^定性.') }}
        or coalesce(operator_texts.operator = 'text', false) as is_declared_text,
        nullif(operator_texts.operator, 'text') as column_operator,
        texts_spelled.column_unit_text,
        nullif({{ text_extract('texts_spelled.hint', '^[(]?(>=|<=|>|<|=)', 1) }}, '')
            as hint_operator,
        texts_spelled.hint,
        nullif(
            {{ text_replace_all('texts_spelled.hint', '^[(]?(>=|<=|>|<|=)?[*]*|[)]$', '') }}, ''
        ) as hint_unit_text
    from texts_spelled
    left join operator_texts
        on texts_spelled.column_operator_text = operator_texts.operator_text
        and operator_texts.position <> 'suffix'
),

-- brackets at the end of a name hold many things: without 「**」 only a known unit counts
texts_hinted as (
    select
        texts_prepared.value_key,
        texts_prepared.value_text,
        texts_prepared.squeezed,
        texts_prepared.content,
        texts_prepared.is_declared_text,
        texts_prepared.column_operator,
        texts_prepared.column_unit_text,
        texts_prepared.hint_operator,
        case
            when {{ text_matches('texts_prepared.hint', '[*]|/') }}
                or whole_units.unit_text is not null
                or scaled_units.unit_text is not null
                then texts_prepared.hint_unit_text
        end as hint_unit_text
    from texts_prepared
    left join unit_texts as whole_units
        on texts_prepared.hint_unit_text = whole_units.unit_text
    left join unit_texts as scaled_units
        on {{ text_extract('texts_prepared.hint_unit_text', '^[万亿](.+)$', 1) }}
            = scaled_units.unit_text
)

select * from texts_hinted
