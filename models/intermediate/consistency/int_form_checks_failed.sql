with

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

failed as (
    select * from {{ ref('int_project_checks_failed') }}
    union all
    select * from {{ ref('int_indicator_checks_failed') }}
    union all
    select * from {{ ref('int_story_checks_failed') }}
),

consistency as (
    select
        {{ row_key([
            'failed.bureau_code', 'failed.fiscal_year', 'failed.project_code', 'failed.check_code',
            'failed.subject', 'failed.later_stage'
        ]) }} as consistency_id,
        failed.fiscal_year,
        failed.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        coalesce(later.unit_name, earlier.unit_name) as unit_name,
        failed.project_code,
        coalesce(later.project_name, earlier.project_name) as project_name,
        failed.check_code,
        case failed.check_code
            when 'C1' then 'XF-001'
            when 'C2' then 'XF-002'
            when 'C3' then 'XF-003'
            when 'C4' then 'XF-004'
            when 'C5' then 'XF-005'
            when 'C6' then 'XF-006'
            when 'C7' then 'XF-007'
            when 'C8' then 'XF-008'
            when 'C9' then 'XF-009'
            when 'C10' then 'XF-010'
        end as rule_id,
        failed.subject,
        failed.earlier_stage,
        failed.later_stage,
        failed.value_found,
        failed.value_expected,
        failed.difference,
        failed.verdict,
        earlier._source_file as expected_source_file,
        earlier._source_sheet as expected_source_sheet,
        earlier._source_row as expected_source_row,
        coalesce(later._filing_id, earlier._filing_id) as _filing_id,
        coalesce(later._file_sha256, earlier._file_sha256) as _file_sha256,
        coalesce(later._source_file, earlier._source_file) as _source_file,
        coalesce(later._source_sheet, earlier._source_sheet) as _source_sheet,
        coalesce(later._source_row, earlier._source_row) as _source_row
    from failed
    left join stages as earlier
        on
            failed.bureau_code = earlier.bureau_code
            and failed.fiscal_year = earlier.fiscal_year
            and failed.project_code = earlier.project_code
            and failed.earlier_stage = earlier.stage_name
    left join stages as later
        on
            failed.bureau_code = later.bureau_code
            and failed.fiscal_year = later.fiscal_year
            and failed.project_code = later.project_code
            and failed.later_stage = later.stage_name
    left join bureaus
        on
            failed.bureau_code = bureaus.bureau_code
            and failed.fiscal_year = bureaus.fiscal_year
)

select * from consistency
