{#-
Filings on the whole expenditure of units (整体支出): units, indicators and funds of the three kinds are
typed alike. `fields` are (field, type, name) triples; types as in stage_records.
-#}
{%- macro overall_unit_code() -%}
    coalesce({{ null_if_placeholder(squeeze('sent.unit_code')) }}, {{ split_code('sent.unit_name') }})
{%- endmacro -%}

{%- macro stage_overall_units(kind, fields) -%}
    select
        concat(sent._filing_id, ':', sent._source_sheet, ':', sent._source_row) as unit_row_id,
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        filings.month_no,
        {{ overall_unit_code() }} as unit_code,
        coalesce(
            {{ null_if_placeholder(split_name('sent.unit_name')) }},
            {{ null_if_placeholder(split_name('sent.department_name')) }}
        ) as unit_name,
        {{ null_if_placeholder(split_name('sent.department_name')) }} as department_name,
        {{ split_name('sent.finance_division') }} as finance_division,
        sent._money_unit as money_unit,
        sent._layout as layout,
        {%- for field, type, name in fields %}
        {%- if type == 'grade' %}
        coalesce(
            {{ record_value(field, type) }},
            (
                select grades.grade
                from {{ ref('map_grade_text') }} as grades
                where grades.grade_text = nullif({{ text_extract(
                    squeeze('sent.total_score'), '(优秀?|良好?|中|差|一般|较差)[)]?$', 1
                ) }}, '')
            )
        ) as {{ name }},
        {%- else %}
        {{ record_value(field, type) }} as {{ name }},
        {%- endif %}
        {%- endfor %}
        (
            {{ null_if_placeholder(squeeze('sent.review_status')) }} is null
            or coalesce(review_statuses.review_status = 'final', false)
        )
        and not coalesce(deleted_booleans.is_true, false) as is_live_status,
        review_statuses.review_status,
        {{ null_if_placeholder(squeeze('sent.review_status')) }} as review_status_text,
        {{ clean_timestamp('sent.updated_at') }} as updated_at,
        {{ clean_text('sent.updated_at') }} as updated_at_text,
        sent._other_columns,
        sent._project_row,
        sent._filing_id,
        sent._file_sha256,
        sent._source_file,
        sent._source_sheet,
        sent._source_row,
        sent._loaded_at
    from {{ source('raw', kind ~ '__units') }} as sent
    inner join {{ ref('stg_ledger__filings') }} as filings
        on sent._filing_id = filings.filing_id
    left join {{ ref('map_review_status') }} as review_statuses
        on
            {{ null_if_placeholder(squeeze('sent.review_status')) }}
            = review_statuses.status_text
    left join {{ ref('map_boolean_text') }} as deleted_booleans
        on
            {{ null_if_placeholder(squeeze('sent.is_deleted')) }}
            = deleted_booleans.boolean_text
    where not filings.is_rejected
{%- endmacro -%}

{%- macro stage_overall_funds(kind, fields) -%}
    select
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        {{ clean_text('sent.line_no') }} as line_no,
        {{ squeeze('sent.label') }} as label,
        sent._money_unit as money_unit,
        {%- for field, type, name in fields %}
        {{ record_value(field, type) }} as {{ name }},
        {%- endfor %}
        sent._project_row,
        sent._filing_id,
        sent._file_sha256,
        sent._source_file,
        sent._source_sheet,
        sent._source_row,
        sent._loaded_at
    from {{ source('raw', kind ~ '__funds') }} as sent
    inner join {{ ref('stg_ledger__filings') }} as filings
        on sent._filing_id = filings.filing_id
    where not filings.is_rejected
{%- endmacro -%}

{#- All three kinds have the same columns; what a kind does not ask for is null. -#}
{%- macro stage_overall_indicators(kind) -%}
    {%- set has_actual = kind != 'overall_goal' -%}
    {%- set has_expected = kind == 'overall_monitoring' -%}
    {%- set has_score = kind == 'overall_self_evaluation' -%}
    {%- set parsed = [
        ('operator', 'varchar'), ('number', 'decimal(18, 6)'), ('unit', 'varchar'),
        ('kind', 'varchar')
    ] -%}
    select
        concat(
            lines._filing_id, ':', lines._source_sheet, ':', lines._source_row, ':', lines.line_no
        ) as indicator_row_id,
        lines.document_kind,
        lines.bureau_code,
        lines.fiscal_year,
        lines.round_no,
        lines.month_no,
        lines.clean_code as unit_code,
        lines.clean_name as unit_name,
        cast(lines.line_no as integer) as line_no,
        lines.level1,
        lines.level2,
        lines.level3,
        {{ indicator_value_columns(
            'target', target_as_sent('lines'), 'target_values', is_brief=true
        ) }},
        {%- if has_actual %}
        {{ indicator_value_columns(
            'actual', 'lines.actual_value', 'actual_values', 'target_values', is_brief=true
        ) }},
        {%- else %}
        cast(null as varchar) as actual_text,
        {%- for column, type in parsed %}
        cast(null as {{ type }}) as actual_{{ column }},
        {%- endfor %}
        {%- endif %}
        {{ clean_text('lines.expected_value') if has_expected else 'cast(null as varchar)' }}
            as expected_text,
        lines.weight as weight_text,
        {{ clean_score(text_replace_all('lines.weight', '[%％]$', '')) }} as weight,
        {%- if has_score %}
        lines.score as score_text,
        {{ clean_score('lines.score') }} as declared_score,
        {%- else %}
        cast(null as varchar) as score_text,
        cast(null as decimal(9, 4)) as declared_score,
        {%- endif %}
        {{ null_if_placeholder(clean_text('lines.deviation_reason')) if has_actual
            else 'cast(null as varchar)' }} as reason_text,
        lines.remark,
        lines._project_row,
        lines._filing_id,
        lines._file_sha256,
        lines._source_file,
        lines._source_sheet,
        lines._source_row,
        lines._loaded_at
    from (
        select
            keyed.*,
            row_number() over (
                partition by
                    keyed._filing_id,
                    keyed._source_sheet,
                    keyed._project_row,
                    case
                        when keyed._project_row is null
                            then coalesce(keyed.clean_code, keyed.clean_name)
                    end
                order by keyed._source_row, keyed.level3
            ) as line_no
        from (
            select
                sent.*,
                filings.document_kind,
                filings.bureau_code,
                filings.fiscal_year,
                filings.round_no,
                filings.month_no,
                {{ overall_unit_code() }} as clean_code,
                {{ null_if_placeholder(split_name('sent.unit_name')) }} as clean_name,
                {{ value_key(
                    'sent.target_value',
                    'sent.target_operator',
                    'sent.target_unit',
                    name_hint('sent.level3')
                ) }} as target_key
                {%- if has_actual %},
                {{ value_key('sent.actual_value', "''", "''", "''") }} as actual_key
                {%- endif %}
            from {{ source('raw', kind ~ '__indicators') }} as sent
            inner join {{ ref('stg_ledger__filings') }} as filings
                on sent._filing_id = filings.filing_id
            where not filings.is_rejected
        ) as keyed
    ) as lines
    left join {{ ref('stg_indicator_value__parsed') }} as target_values
        on lines.target_key = target_values.value_key
    {%- if has_actual %}
    left join {{ ref('stg_indicator_value__parsed') }} as actual_values
        on lines.actual_key = actual_values.value_key
    {%- endif %}
{%- endmacro -%}
