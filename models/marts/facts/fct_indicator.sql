{#- A view: the lines are written once, in int_indicators_judged; a release copies them. -#}
{{ config(materialized='view') }}
with

judged as (
    select * from {{ ref('int_indicators_judged') }}
),

projects as (
    select * from {{ ref('int_projects_live') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

facts as (
    select
        concat(
            judged._filing_id, ':', judged._source_sheet, ':', judged._source_row, ':',
            judged.line_no
        ) as indicator_id,
        judged.document_kind,
        judged.fiscal_year,
        judged.round_no,
        judged.bureau_code,
        bureaus.bureau_name,
        projects.unit_name,
        judged.project_code,
        projects.project_name,
        judged.line_no,
        judged.level1,
        judged.level2,
        judged.level3,
        judged.level1_type,
        judged.level2_type,
        judged.target_text,
        judged.target_operator,
        judged.target_number,
        judged.target_number_high,
        judged.target_unit,
        judged.target_kind,
        judged.target_unreadable_reason,
        judged.actual_text,
        judged.actual_operator,
        judged.actual_number,
        judged.actual_unit,
        judged.actual_kind,
        judged.actual_unreadable_reason,
        judged.expected_text,
        judged.likelihood,
        judged.reason_text,
        judged.verdict,
        judged.cannot_judge_reason,
        judged.is_applicable,
        judged.weight_text,
        judged.weight,
        judged.score_text,
        judged.declared_score,
        judged.recomputed_score,
        cast(judged.completion_rate as decimal(18, 10)) as completion_rate,
        thresholds.parameter_version,
        judged._filing_id,
        filings._file_sha256,
        filings._source_file,
        judged._source_sheet,
        judged._source_row
    from judged
    inner join projects
        on
            judged.slot_id = projects.slot_id
            and judged.project_code = projects.project_code
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    left join bureaus
        on
            judged.bureau_code = bureaus.bureau_code
            and judged.fiscal_year = bureaus.fiscal_year
)

select * from facts
