with

lines as (
    select * from {{ ref('int_overall_indicators_live') }}
),

units as (
    select * from {{ ref('int_overall_units_live') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

facts as (
    select
        lines.indicator_row_id as indicator_id,
        units.document_kind,
        units.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        units.fiscal_year,
        units.round_no,
        units.unit_key,
        coalesce(units.unit_code, lines.unit_code) as unit_code,
        units.unit_name,
        lines.line_no,
        lines.level1,
        lines.level2,
        lines.level3,
        lines.target_text,
        lines.target_operator,
        lines.target_number,
        lines.target_unit,
        lines.target_kind,
        lines.actual_text,
        lines.actual_operator,
        lines.actual_number,
        lines.actual_unit,
        lines.actual_kind,
        lines.expected_text,
        lines.weight_text,
        lines.weight,
        lines.score_text,
        lines.declared_score,
        lines.reason_text,
        lines._filing_id,
        lines._file_sha256,
        lines._source_file,
        lines._source_sheet,
        lines._source_row
    from lines
    inner join units on lines.slot_id = units.slot_id and lines.unit_key = units.unit_key
    left join bureaus
        on
            units.bureau_code = bureaus.bureau_code
            and units.fiscal_year = bureaus.fiscal_year
)

select * from facts
