with

project_findings as (
    select * from {{ ref('int_project_findings_raised') }}
),

indicator_findings as (
    select * from {{ ref('int_indicator_findings_raised') }}
),

consistency as (
    select * from {{ ref('int_form_checks_failed') }}
),

ledger as (
    select * from {{ ref('stg_ledger__findings') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

positions as (
    select * from {{ source('raw', 'field_positions') }}
),

labels as (
    select * from {{ ref('ref_label') }}
    where label_set = 'consistency_subject'
),

stage_labels as (
    select * from {{ ref('ref_label') }}
    where label_set = 'stage_name'
),

consistency_findings as (
    select
        consistency.rule_id,
        consistency.bureau_code,
        filings.document_kind,
        consistency.fiscal_year,
        filings.round_no,
        consistency.project_code,
        'projects' as table_name,
        case consistency.subject
            when 'executed_cny' then 'executed'
            when 'declared_score' then 'total_score'
            else consistency.subject
        end as field,
        concat_ws(
            '：', coalesce(labels.label_zh, consistency.subject),
            coalesce(consistency.value_found, '缺' || later_labels.label_zh)
        ) as value_found,
        concat_ws('：', earlier_labels.label_zh, consistency.value_expected) as value_expected,
        consistency.difference,
        consistency._filing_id,
        consistency._file_sha256,
        consistency._source_file,
        consistency._source_sheet,
        consistency._source_row,
        consistency._source_row as project_row,
        filings.received_at as _loaded_at
    from consistency
    left join filings on consistency._filing_id = filings.filing_id
    left join labels on consistency.subject = labels.code
    left join stage_labels as earlier_labels on consistency.earlier_stage = earlier_labels.code
    left join stage_labels as later_labels on consistency.later_stage = later_labels.code
),

of_build as (
    select * from project_findings
    union all
    select * from indicator_findings
    union all
    select * from consistency_findings
    union all
    select * from {{ ref('int_tell_findings_raised') }}
    union all
    select * from {{ ref('int_record_findings_raised') }}
    union all
    select * from {{ ref('int_cross_tier_findings_raised') }}
),

-- where the sender can put a finger: a fixed cell of a form, or the column of a list's row
celled as (
    select
        of_build.* exclude (table_name, field, project_row),
        coalesce(
            max(fixed.column_letter || fixed.row_no),
            max(columns.column_letter || of_build._source_row)
        ) as source_cell,
        coalesce(max(fixed.heading), max(columns.heading)) as heading
    from of_build
    left join positions as fixed
        on
            of_build._filing_id = fixed._filing_id
            and of_build._source_sheet = fixed._source_sheet
            and of_build.table_name = fixed.table_name
            and of_build.field = fixed.field
            and of_build.project_row = fixed.project_row
            and fixed.row_no is not null
    left join positions as columns
        on
            of_build._filing_id = columns._filing_id
            and of_build._source_sheet = columns._source_sheet
            and of_build.table_name = columns.table_name
            and of_build.field = columns.field
            and columns.row_no is null
    group by all
),

located as (
    select
        rule_id,
        'build' as found_by,
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        project_code,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        source_cell,
        heading,
        value_found,
        value_expected,
        difference,
        _loaded_at as first_seen
    from celled

    union all

    select
        rule_id,
        found_by,
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        cast(null as varchar) as project_code,
        filing_id as _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        source_cell,
        heading,
        value_found,
        value_expected,
        difference,
        found_at as first_seen
    from ledger
),

-- the same thing said twice of the same cell is one finding
located_once as (
    select
        * exclude (difference, first_seen),
        min(difference) as difference,
        min(first_seen) as first_seen
    from located
    group by all
)

select * from located_once
