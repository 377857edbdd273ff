with

receipts as (
    select * from {{ ref('stg_ledger__receipts') }}
    where status = 'quarantined'
),

findings as (
    select * from {{ ref('stg_ledger__findings') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_rejected
),

-- what the findings of the file say of it
said as (
    select
        bureau_code,
        _file_sha256,
        max(document_kind) as document_kind,
        max(fiscal_year) as fiscal_year,
        max(round_no) as round_no
    from findings
    group by all
),

-- else what its path says, in the order in which sheets are recognised
files as (
    select
        receipts.bureau_code,
        coalesce(
            said.document_kind,
            case
                when
                    contains(receipts._source_file, '整体支出')
                    and not contains(receipts._source_file, '项目支出')
                    then case
                        when contains(receipts._source_file, '自评') then 'overall_self_evaluation'
                        when contains(receipts._source_file, '监控') then 'overall_monitoring'
                        when contains(receipts._source_file, '目标') then 'overall_goal'
                    end
            end,
            case
                when contains(receipts._source_file, '自评') then 'self_evaluation'
                when contains(receipts._source_file, '监控') then 'monitoring'
                when contains(receipts._source_file, '目标') then 'goal'
                when regexp_matches(receipts._source_file, '清单|项目库|登记') then 'project_register'
            end
        ) as document_kind,
        coalesce(
            said.fiscal_year,
            try_cast(
                nullif(
                    regexp_extract(
                        receipts._source_file, '(^|[^0-9])(20[0-9]{2})([^0-9]|$)', 2
                    ),
                    ''
                ) as integer
            )
        ) as fiscal_year,
        said.round_no,
        cast(null as varchar) as filing_id,
        receipts.rule_id as refused_by_rules,
        receipts.received_at,
        receipts._file_sha256,
        receipts._source_file
    from receipts
    left join said
        on
            receipts.bureau_code = said.bureau_code
            and receipts._file_sha256 = said._file_sha256
    left join filings as refused
        on
            receipts._file_sha256 = refused._file_sha256
            and receipts._source_file = refused._source_file
    where refused.filing_id is null
),

quarantined as (
    select * from files

    union all

    select
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        filing_id,
        state_reason as refused_by_rules,
        received_at,
        _file_sha256,
        _source_file
    from filings
)

select * from quarantined
