{#-
Records (登记表): kinds whose files are one row per record, kept by work year. `fields` are (field,
type) pairs as in `ingest/layouts/<kind>/columns.csv`; a type decides how a text becomes a value, so
that every register is read alike.
-#}

{#- The name of a field's column: money carries its unit. -#}
{%- macro record_column(field, type) -%}
    {{ field }}{{ '_cny' if type == 'money' }}
{%- endmacro -%}

{%- macro record_value(field, type, kind='') -%}
    {%- set sent = 'sent.' ~ field -%}
    {%- if type == 'code' -%} {{ null_if_placeholder(squeeze(sent)) }}
    {%- elif type == 'unit' -%} {{ null_if_placeholder(split_name(sent)) }}
    {%- elif type == 'project_name' -%} {{ clean_project_name(sent) }}
    {%- elif type == 'money' -%} {{ to_cny(sent, 'sent._money_unit') }}
    {%- elif type == 'score' -%} {{ clean_score(sent) }}
    {%- elif type == 'rate' -%} {{ clean_rate(sent) }}
    {%- elif type == 'number' -%} {{ clean_number(sent) }}
    {%- elif type == 'count' -%} try_cast(
        case
            when {{ text_matches(bare_number_text(sent), '^[0-9]+(.0+)?[个份期人次场项名]{0,2}$') }}
                then {{ text_extract(bare_number_text(sent), '^[0-9]+') }}
        end as bigint
    )
    {%- elif type == 'date' -%} cast({{ clean_timestamp(sent) }} as date)
    {%- elif type == 'year' -%} try_cast(
        nullif({{ text_extract(squeeze(sent), '^(20[0-9][0-9])(.0+)?(年|年度)?$', 1) }}, '')
        as integer
    )
    {%- elif type == 'boolean' -%} (
        select booleans.is_true
        from {{ ref('map_boolean_text') }} as booleans
        where booleans.boolean_text = {{ null_if_placeholder(squeeze(sent)) }}
    )
    {%- elif type == 'grade' -%} (
        select grades.grade
        from {{ ref('map_grade_text') }} as grades
        where grades.grade_text = {{ null_if_placeholder(squeeze(sent)) }}
    )
    {%- elif type == 'word' -%} coalesce(
        (
            select words.word
            from {{ ref('map_record_word') }} as words
            where
                words.document_kind = '{{ kind }}'
                and words.field = '{{ field }}'
                and words.word_text = {{ squeeze(sent) }}
        ),
        {{ null_if_placeholder(clean_text(sent)) }}
    )
    {%- elif type == 'fund_type' -%} coalesce(
        (
            select fund_types.fund_type
            from {{ ref('ref_fund_type') }} as fund_types
            where
                fund_types.fund_type_code
                = {{ text_extract(squeeze(sent), '^[[(]?([0-9]+)', 1) }}
        ),
        (
            select fund_types.fund_type
            from {{ ref('map_fund_type_text') }} as fund_type_texts
            inner join {{ ref('ref_fund_type') }} as fund_types
                on fund_type_texts.fund_type_code = fund_types.fund_type_code
            where
                fund_type_texts.fund_type_text
                = {{ text_replace_all(squeeze(sent), '^[[(]?[0-9]+[])]?[-_.、:]*', '') }}
        )
    )
    {%- else -%} {{ null_if_placeholder(clean_text(sent)) }}
    {%- endif -%}
{%- endmacro -%}

{#- A unit's or a project's code may stand in its own cell or in front of the name. -#}
{%- macro record_field(field, type, fields, kind='') -%}
    {%- if field == 'unit_code' -%} coalesce(
        {{ null_if_placeholder(squeeze('sent.unit_code')) }}, {{ split_code('sent.unit_name') }}
    )
    {%- elif type == 'project_code' -%}
        {%- set named = fields | map(attribute=0) | list -%}
        {{ clean_project_code(
            'sent.' ~ field,
            'sent.project_name' if 'project_name' in named else 'sent.object_name'
        ) }}
    {%- else -%} {{ record_value(field, type, kind) }}
    {%- endif -%}
{%- endmacro -%}

{%- macro stage_records(kind, fields, key) -%}
    select
        concat(sent._filing_id, ':', sent._source_sheet, ':', sent._source_row) as record_id,
        concat_ws(
            '|'
            {%- for field in key %},
            coalesce({{ match_text('sent.' ~ field) }}, '')
            {%- endfor %}
        ) as record_key,
        filings.bureau_code,
        filings.fiscal_year as work_year,
        {%- for field, type in fields %}
        {{ record_field(field, type, fields, kind) }} as {{ record_column(field, type) }},
        {%- endfor %}
        sent._filing_id,
        sent._file_sha256,
        sent._source_file,
        sent._source_sheet,
        sent._source_row,
        sent._loaded_at
    from {{ source('raw', kind ~ '__records') }} as sent
    inner join {{ ref('stg_ledger__filings') }} as filings
        on sent._filing_id = filings.filing_id
    where not filings.is_rejected
{%- endmacro -%}
