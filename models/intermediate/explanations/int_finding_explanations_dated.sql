with

records as (
    select * from {{ ref('stg_finding_explanation__records') }}
    where explanation is not null and finding_key is not null
),

filings as (
    select * from {{ ref('stg_ledger__filings') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- a key is rule, fiscal year and subject: QC-003-2020-3f9a0c12be
keys_read as (
    select
        records.*,
        {{ text_extract('records.finding_key', '^([A-Z]{2,5}-[0-9]{3})-', 1) }} as rule_id,
        {{ text_extract('records.finding_key', '-([0-9a-f]{10})$', 1) }} as subject_key,
        coalesce(
            nullif(
                try_cast(
                    {{ text_extract('records.finding_key', '-([0-9]{4})-[0-9a-f]{10}$', 1) }}
                    as integer
                ),
                0
            ),
            records.work_year
        ) as fiscal_year,
        filings.sequence_no,
        cast(filings.received_at as date) as received_date
    from records
    inner join filings on records._filing_id = filings.filing_id
),

-- a reason counts until a later one for the same finding; an empty cell takes none back
newest as (
    select * exclude (newness)
    from (
        select
            *,
            row_number() over (
                partition by bureau_code, finding_key
                order by sequence_no desc, _source_sheet desc, _source_row desc
            ) as newness
        from keys_read
    )
    where newness = 1
),

dated as (
    select
        newest.bureau_code,
        newest.finding_key,
        nullif(newest.rule_id, '') as rule_id,
        nullif(newest.subject_key, '') as subject_key,
        newest.fiscal_year,
        newest.fiscal_year + coalesce(thresholds.explanation_valid_years, 1) - 1
            as valid_through_year,
        newest.explanation,
        newest.explained_by,
        newest.explained_date,
        newest.received_date,
        newest.sequence_no,
        newest._filing_id,
        newest._file_sha256,
        newest._source_file,
        newest._source_sheet,
        newest._source_row
    from newest
    left join thresholds on newest.fiscal_year = thresholds.fiscal_year
)

select * from dated
