with receipts as (
    select * from {{ source('ops', 'receipt') }}
),

receipts_typed as (
    select
        receipt_id,
        bureau_code,
        cast(batch_no as integer) as batch_no,
        cast(sent_order as integer) as sent_order,
        status,
        rule_id,
        cast(size_bytes as bigint) as size_bytes,
        cast(filing_count as integer) as filing_count,
        cast(source_row_count as integer) as source_row_count,
        cast(received_at as timestamp) as received_at,
        file_sha256 as _file_sha256,
        container_sha256 as _container_sha256,
        source_file as _source_file
    from receipts
)

select * from receipts_typed
