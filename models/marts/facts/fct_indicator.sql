with

judged as (
    select * from {{ ref('int_indicators_judged') }}
),

facts as (
    select
        indicator_row_id as indicator_id,
        document_kind,
        fiscal_year,
        round_no,
        bureau_code,
        project_code,
        line_no,
        level1,
        level2,
        level3,
        level1_type,
        level2_type,
        target_text,
        target_operator,
        target_number,
        target_number_high,
        target_unit,
        target_kind,
        target_unreadable_reason,
        actual_text,
        actual_operator,
        actual_number,
        actual_unit,
        actual_kind,
        actual_unreadable_reason,
        expected_text,
        likelihood,
        reason_text,
        verdict,
        cannot_judge_reason,
        is_applicable,
        weight_text,
        weight,
        score_text,
        declared_score,
        recomputed_score,
        cast(completion_rate as decimal(18, 10)) as completion_rate,
        parameter_version,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from judged
)

select * from facts
