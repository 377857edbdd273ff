with

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

ledger as (
    select * from {{ ref('stg_ledger__filings') }}
),

projects as (
    select * from {{ ref('int_projects_live') }}
),

records as (
    select * from {{ ref('int_records_keyed') }}
),

kinds as (
    select * from {{ ref('ref_document_kind') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

filed_projects as (
    select
        _filing_id as filing_id,
        count(*) as project_count
    from projects
    group by _filing_id
),

filed_records as (
    select
        filing_id,
        count(*) as record_count
    from records
    group by filing_id
),

-- a project repeated in several files counts in the file that holds for it
counted as (
    select
        filings.bureau_code,
        filings.fiscal_year,
        filings.document_kind,
        count(distinct filings._file_sha256) as file_count,
        sum(case
            when filed_projects.project_count is not null then filed_projects.project_count
            when filed_records.record_count is not null then filed_records.record_count
            when filings.document_kind in ('project_register', 'goal', 'monitoring',
                'self_evaluation') then 0
            else ledger.loaded_row_count - coalesce(ledger.indicator_row_count, 0)
        end) as document_count,
        sum(ledger.indicator_row_count) as indicator_line_count,
        min(filings.received_at) as first_received_at,
        max(filings.received_at) as last_received_at
    from filings
    inner join ledger on filings.filing_id = ledger.filing_id
    left join filed_projects on filings.filing_id = filed_projects.filing_id
    left join filed_records on filings.filing_id = filed_records.filing_id
    group by filings.bureau_code, filings.fiscal_year, filings.document_kind
),

documents as (
    select
        counted.bureau_code,
        coalesce(bureaus.bureau_name, counted.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        counted.fiscal_year,
        counted.document_kind,
        kinds.name_zh as document_kind_name,
        cast(counted.file_count as bigint) as file_count,
        cast(coalesce(counted.document_count, 0) as bigint) as document_count,
        cast(coalesce(counted.indicator_line_count, 0) as bigint) as indicator_line_count,
        counted.first_received_at,
        counted.last_received_at
    from counted
    left join kinds on counted.document_kind = kinds.document_kind
    left join bureaus
        on
            counted.bureau_code = bureaus.bureau_code
            and counted.fiscal_year = bureaus.fiscal_year
)

select * from documents
