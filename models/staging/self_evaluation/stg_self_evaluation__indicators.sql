with sent_indicators as (
    select * from {{ source('raw', 'self_evaluation__indicators') }}
),

filings as (
    select * from {{ ref('stg_ledger__filings') }}
    where not is_rejected
),

parsed_values as (
    select * from {{ ref('stg_indicator_value__parsed') }}
),

type_texts as (
    select * from {{ ref('map_indicator_type_text') }}
),

level_types as (
    select
        levels.level_no,
        levels.level_text,
        type_texts.type_code
    from (
        select distinct
            1 as level_no,
            level1 as level_text
        from sent_indicators
        union all
        select distinct
            2 as level_no,
            level2 as level_text
        from sent_indicators
    ) as levels
    inner join type_texts
        on levels.level_no = type_texts.level_no
        and {{ indicator_type_text('levels.level_text') }} = type_texts.type_text
),

indicators_keyed as (
    select
        sent_indicators.*,
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        filings.month_no,
        {{ clean_project_code('sent_indicators.project_code', 'sent_indicators.project_name') }}
            as clean_code,
        {{ clean_project_name('sent_indicators.project_name') }} as clean_name,
        {{ value_key(
            'sent_indicators.target_value',
            'sent_indicators.target_operator',
            'sent_indicators.target_unit',
            name_hint('sent_indicators.level3')
        ) }} as target_key,
        {{ value_key('sent_indicators.actual_value', "''", "''", "''") }} as actual_key
    from sent_indicators
    inner join filings
        on sent_indicators._filing_id = filings.filing_id
),

indicators_numbered as (
    select
        *,
        row_number() over (
            partition by
                _filing_id,
                _source_sheet,
                _project_row,
                case when _project_row is null then coalesce(clean_code, clean_name) end
            order by _source_row, level3
        ) as line_no
    from indicators_keyed
),

indicators_read as (
    select
        concat(
            indicators_numbered._filing_id, ':', indicators_numbered._source_sheet, ':',
            indicators_numbered._source_row, ':', indicators_numbered.line_no
        ) as indicator_row_id,
        indicators_numbered.document_kind,
        indicators_numbered.bureau_code,
        indicators_numbered.fiscal_year,
        indicators_numbered.round_no,
        indicators_numbered.month_no,
        indicators_numbered.clean_code as project_code,
        indicators_numbered.clean_name as project_name,
        cast(indicators_numbered.line_no as integer) as line_no,
        indicators_numbered.level1,
        indicators_numbered.level2,
        indicators_numbered.level3,
        level1_types.type_code as level1_type,
        level2_types.type_code as level2_type,
        {{ indicator_value_columns(
            'target', target_as_sent('indicators_numbered'), 'target_values'
        ) }},
        {{ indicator_value_columns(
            'actual', 'indicators_numbered.actual_value', 'actual_values', 'target_values'
        ) }},
        indicators_numbered.weight as weight_text,
        {{ clean_score(text_replace_all('indicators_numbered.weight', '[%％]$', '')) }} as weight,
        indicators_numbered.score as score_text,
        {{ clean_score('indicators_numbered.score') }} as declared_score,
        {{ clean_reason('indicators_numbered.deviation_reason') }} as reason_text,
        indicators_numbered.remark,
        indicators_numbered._project_row,
        indicators_numbered._filing_id,
        indicators_numbered._file_sha256,
        indicators_numbered._source_file,
        indicators_numbered._source_sheet,
        indicators_numbered._source_row,
        indicators_numbered._loaded_at
    from indicators_numbered
    left join parsed_values as target_values
        on indicators_numbered.target_key = target_values.value_key
    left join parsed_values as actual_values
        on indicators_numbered.actual_key = actual_values.value_key
    left join level_types as level1_types
        on indicators_numbered.level1 = level1_types.level_text
        and level1_types.level_no = 1
    left join level_types as level2_types
        on indicators_numbered.level2 = level2_types.level_text
        and level2_types.level_no = 2
)

select * from indicators_read
