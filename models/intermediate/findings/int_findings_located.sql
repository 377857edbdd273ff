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

indicator_lines as (
    select * from {{ ref('int_indicators_judged') }}
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
        case
            when consistency.subject in (
                'indicators', 'weight', 'actual_number'
            )
                then 'indicators'
            else 'projects'
        end as table_name,
        case consistency.subject
            when 'initial_budget_cny'
                then if(filings.document_kind = 'goal', 'budget', 'initial_budget')
            when 'executed_cny' then 'executed'
            when 'declared_score' then 'total_score'
            when 'full_marks' then 'total_score'
            when 'actual_number' then 'actual_value'
            when 'indicators'
                then if(contains(consistency.value_found, '指标值变化'), 'target_value', 'level3')
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
    -- told line by line (int_indicator_findings_raised)
    where consistency.subject <> 'deviation_reason'
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

-- what is said of a project's indicators together stands at one of its lines: the one named, else
-- the first
of_lines as (
    select distinct
        _filing_id,
        project_code,
        field,
        value_found,
        {{ match_text("regexp_extract(value_found, '「(.*?)」', 1)") }} as line_name
    from of_build
    where table_name = 'indicators' and project_row is not null
),

line_places as (
    select
        of_lines._filing_id,
        of_lines.project_code,
        of_lines.field,
        of_lines.value_found,
        min_by(
            struct_pack(
                sheet := indicator_lines._source_sheet, row_no := indicator_lines._source_row
            ),
            (
                {{ match_text('indicator_lines.level3') }} is distinct from of_lines.line_name,
                indicator_lines._source_row
            )
        ) as place
    from of_lines
    inner join indicator_lines
        on
            of_lines._filing_id = indicator_lines._filing_id
            and of_lines.project_code = indicator_lines.project_code
    group by all
),

placed as (
    select
        of_build.* replace (
            coalesce(line_places.place.sheet, of_build._source_sheet) as _source_sheet,
            coalesce(line_places.place.row_no, of_build._source_row) as _source_row
        ),
        if(of_build.table_name = 'indicators', 'level3', 'project_name') as name_field,
        if(of_build.table_name = 'indicators', -1, of_build.project_row) as form_row
    from of_build
    left join line_places
        on
            of_build._filing_id = line_places._filing_id
            and of_build.project_code = line_places.project_code
            and of_build.field = line_places.field
            and of_build.value_found = line_places.value_found
),

name_positions as (
    select
        _filing_id,
        _source_sheet,
        table_name,
        field,
        if(table_name = 'indicators', -1, project_row) as form_row,
        column_letter,
        row_no
    from positions
    where field in ('level3', 'project_name')
),

-- where the sender can put a finger: a fixed cell of a form, or the column of a list's row; the
-- name of the project or indicator where the form has no place for the field; two fields with the
-- same amounts are two cells
celled as (
    select
        placed.* exclude (table_name, project_row, name_field, form_row),
        coalesce(
            max(fixed.column_letter || fixed.row_no),
            max(columns.column_letter || placed._source_row),
            max(names.column_letter || coalesce(names.row_no, placed._source_row))
        ) as source_cell,
        coalesce(max(fixed.heading), max(columns.heading)) as heading
    from placed
    left join positions as fixed
        on
            placed._filing_id = fixed._filing_id
            and placed._source_sheet = fixed._source_sheet
            and placed.table_name = fixed.table_name
            and placed.field = fixed.field
            and placed.project_row = fixed.project_row
            and fixed.row_no is not null
    left join positions as columns
        on
            placed._filing_id = columns._filing_id
            and placed._source_sheet = columns._source_sheet
            and placed.table_name = columns.table_name
            and placed.field = columns.field
            and columns.row_no is null
    left join name_positions as names
        on
            placed._filing_id = names._filing_id
            and placed._source_sheet = names._source_sheet
            and placed.table_name = names.table_name
            and placed.name_field = names.field
            and placed.form_row = names.form_row
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
