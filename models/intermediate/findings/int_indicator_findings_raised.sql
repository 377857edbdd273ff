with

judged as (
    select * from {{ ref('int_indicators_judged') }}
),

groups_linked as (
    select * from {{ ref('int_indicator_groups_linked') }}
    where link_status = 'orphan'
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

labels as (
    select * from {{ ref('ref_label') }}
),

orphans as (
    select
        'QC-009' as rule_id,
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        filings.round_no,
        groups_linked.project_code,
        'project_code' as field,
        coalesce(groups_linked.sent_project_code, groups_linked.sent_project_name) as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        groups_linked._filing_id,
        filings._file_sha256,
        filings._source_file,
        groups_linked._source_sheet,
        groups_linked._project_row as _source_row,
        filings.received_at as _loaded_at
    from groups_linked
    inner join filings on groups_linked._filing_id = filings.filing_id
),

scores_over as (
    select
        'QC-010' as rule_id,
        judged.bureau_code,
        judged.document_kind,
        judged.fiscal_year,
        judged.round_no,
        judged.project_code,
        'score' as field,
        judged.score_text as value_found,
        '不超过' || {{ plain_number('judged.weight') }} as value_expected,
        cast(judged.declared_score - judged.weight as varchar) as difference,
        judged._filing_id,
        filings._file_sha256,
        filings._source_file,
        judged._source_sheet,
        judged._source_row,
        judged._loaded_at
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.declared_score > judged.weight
        and judged.declared_score > judged.weight + thresholds.tolerance_score
),

-- blanks, prompts and placeholders are found cell by cell before the build
targets_unreadable as (
    select
        'QC-013' as rule_id,
        judged.bureau_code,
        judged.document_kind,
        judged.fiscal_year,
        judged.round_no,
        judged.project_code,
        'target_value' as field,
        judged.target_text as value_found,
        labels.label_zh as value_expected,
        cast(null as varchar) as difference,
        judged._filing_id,
        filings._file_sha256,
        filings._source_file,
        judged._source_sheet,
        judged._source_row,
        judged._loaded_at
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join labels
        on
            labels.label_set = 'unreadable_reason'
            and judged.target_unreadable_reason = labels.code
    where
        judged.target_kind = 'unreadable'
        and judged.target_unreadable_reason not in (
            'blank', 'prompt', 'placeholder', 'bad_date', 'garbled'
        )
),

actuals_unjudged as (
    select
        'QC-014' as rule_id,
        judged.bureau_code,
        judged.document_kind,
        judged.fiscal_year,
        judged.round_no,
        judged.project_code,
        'actual_value' as field,
        judged.actual_text as value_found,
        coalesce(judged.target_text, '') || '（' || labels.label_zh || '）' as value_expected,
        cast(null as varchar) as difference,
        judged._filing_id,
        filings._file_sha256,
        filings._source_file,
        judged._source_sheet,
        judged._source_row,
        judged._loaded_at
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join labels
        on
            labels.label_set = 'cannot_judge_reason'
            and judged.cannot_judge_reason = labels.code
    where
        judged.cannot_judge_reason in (
            'actual_unreadable', 'kind_mismatch', 'unit_mismatch', 'scale_ambiguous'
        )
        and judged.actual_text is not null
        -- what was found by itself, cell by cell, is not said again
        and {{ match_text('judged.actual_text') }}
        is distinct from {{ match_text('judged.target_text') }}
),

raised as (
    {%- for rule in ['orphans', 'scores_over', 'targets_unreadable', 'actuals_unjudged'] %}
    select * from {{ rule }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

located as (
    select
        rule_id,
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        project_code,
        'indicators' as table_name,
        field,
        value_found,
        value_expected,
        difference,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        cast(null as integer) as project_row,
        _loaded_at
    from raised
)

select * from located
