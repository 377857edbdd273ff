with findings as (
    select * from {{ source('ops', 'finding') }}
),

findings_typed as (
    select
        rule_id,
        source as found_by,
        bureau_code,
        document_kind,
        cast(fiscal_year as integer) as fiscal_year,
        cast(round_no as integer) as round_no,
        filing_id,
        source_cell,
        heading,
        value_found,
        value_expected,
        difference,
        cast(found_at as timestamp) as found_at,
        file_sha256 as _file_sha256,
        source_file as _source_file,
        source_sheet as _source_sheet,
        cast(source_row as integer) as _source_row
    from findings
)

select * from findings_typed
