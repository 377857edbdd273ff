with

missed as (
    select * from {{ ref('int_dues_missed') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

missing as (
    select
        missed.fiscal_year,
        {{ work_year('missed.stage', 'missed.fiscal_year') }} as work_year,
        missed.stage,
        missed.round_no,
        missed.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        missed.unit_code,
        missed.unit_name,
        missed.project_code,
        missed.project_name,
        missed.fund_type,
        missed.reason,
        missed.found_in_file,
        missed.is_slot_filed,
        missed.is_past_due,
        cast(missed.amount_cny as decimal(20, 2)) as amount_cny,
        missed.due_date,
        missed._filing_id,
        missed._file_sha256,
        missed._source_file,
        missed._source_sheet,
        missed._source_row
    from missed
    left join bureaus
        on
            missed.bureau_code = bureaus.bureau_code
            and missed.fiscal_year = bureaus.fiscal_year
)

select * from missing
