with

findings as (
    select * from {{ ref('int_findings_judged') }}
),

rows_named as (
    select * from {{ ref('int_rows_named') }}
),

receipts as (
    select * from {{ ref('stg_ledger__receipts') }}
),

code_changes as (
    select * from {{ ref('ref_bureau_code_change') }}
),

places as (
    select distinct
        _filing_id,
        _source_sheet,
        _source_row
    from findings
    where _source_row is not null
),

-- a form's row may hold both a project and its first indicator: one name for it
subjects as (
    select
        places._filing_id,
        places._source_sheet,
        places._source_row,
        min(rows_named.unit_name) as unit_name,
        min(rows_named.project_name) as project_name,
        min(rows_named.item_name) as item_name
    from places
    inner join rows_named
        on
            places._filing_id = rows_named._filing_id
            and places._source_sheet = rows_named._source_sheet
            and places._source_row = rows_named._source_row
    group by all
),

-- a name may carry the year; code, row and file stand in only where nothing is named
named as (
    select
        findings.*,
        coalesce(
            nullif(
                concat_ws(
                    '|',
                    {{ match_text('subjects.unit_name') }},
                    {{ text_replace_all(
                        match_text('subjects.project_name'), '20[0-9]{2}(年度?)?', ''
                    ) }},
                    {{ match_text('subjects.item_name') }}
                ),
                ''
            ),
            findings.project_code,
            {{ text_replace_all(
                match_text("parse_filename(coalesce(findings._source_file, ''))"),
                '20[0-9]{2}(年度?)?', ''
            ) }},
            ''
        ) as subject,
        coalesce({{ match_text('findings.heading') }}, '') as heading_text
    from findings
    left join subjects
        on
            findings._filing_id = subjects._filing_id
            and findings._source_sheet = subjects._source_sheet
            and findings._source_row = subjects._source_row
),

numbered as (
    select
        *,
        row_number() over (
            partition by
                rule_id, bureau_code, document_kind, fiscal_year, round_no, subject, heading_text,
                _filing_id, _file_sha256, _source_file
            order by
                _source_sheet, _source_row, source_cell, found_by, project_code, value_found,
                value_expected
        ) as turn
    from named
),

keyed as (
    select
        * exclude (subject, heading_text, turn),
        substr({{ row_key([
            'bureau_code', 'document_kind', 'round_no', 'rule_id', 'subject', 'heading_text', 'turn'
        ]) }}, 1, 10) as subject_key
    from numbered
),

-- a later file of the same name takes the place of one that could not be used
receipts_known as (
    select distinct
        coalesce(code_changes.bureau_code, receipts.bureau_code) as bureau_code,
        receipts._file_sha256,
        receipts._source_file,
        receipts.batch_no
    from receipts
    left join code_changes on receipts.bureau_code = code_changes.sent_bureau_code
),

files_newest as (
    select
        bureau_code,
        _source_file,
        max(batch_no) as newest_batch_no
    from receipts_known
    group by all
),

files_replaced as (
    select distinct
        receipts_known.bureau_code,
        receipts_known._source_file,
        receipts_known._file_sha256
    from receipts_known
    inner join files_newest
        on
            receipts_known.bureau_code = files_newest.bureau_code
            and receipts_known._source_file = files_newest._source_file
    where receipts_known.batch_no < files_newest.newest_batch_no
),

settled as (
    select
        keyed.* exclude (is_current),
        concat_ws(
            '-',
            keyed.rule_id,
            lpad(cast(coalesce(keyed.fiscal_year, 0) as varchar), 4, '0'),
            keyed.subject_key
        ) as finding_key,
        keyed.is_current
        and (keyed._filing_id is not null or files_replaced._file_sha256 is null) as is_current
    from keyed
    left join files_replaced
        on
            keyed.bureau_code = files_replaced.bureau_code
            and keyed._source_file = files_replaced._source_file
            and keyed._file_sha256 = files_replaced._file_sha256
)

select * from settled
