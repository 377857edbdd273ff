with

checked as (
    select * from {{ ref('int_corrections_checked') }}
),

live as (
    select * from {{ ref('int_projects_live') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

corrections as (
    select
        checked.correction_id,
        checked.bureau_code,
        bureaus.bureau_name,
        checked.document_kind,
        checked.fiscal_year,
        checked.round_no,
        checked.project_code,
        live.project_name,
        checked.field,
        checked.value_sent,
        checked.value_found,
        checked.value_corrected,
        checked.corrected_cny,
        checked.outcome,
        checked.outcome = 'applied' as is_applied,
        checked.reason,
        checked.provided_by,
        checked.approved_by,
        checked.approved_on as approved_date,
        live._filing_id,
        live._file_sha256,
        live._source_file,
        live._source_sheet,
        live._source_row
    from checked
    left join live on checked.project_row_id = live.project_row_id
    left join bureaus
        on
            checked.bureau_code = bureaus.bureau_code
            and checked.fiscal_year = bureaus.fiscal_year
)

select * from corrections
