{#- Rules on registers that need more than one cell; and what corrections could not be applied. -#}
with

review_scores as (
    select * from {{ ref('fct_review_score') }}
),

corrections as (
    select * from {{ ref('int_corrections_checked') }}
),

live as (
    select * from {{ ref('int_projects_live') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

scores_over as (
    select
        'REV-001' as rule_id,
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        filings.round_no,
        cast(null as varchar) as project_code,
        'records' as table_name,
        'score' as field,
        cast(review_scores.score as varchar) as value_found,
        '<= ' || review_scores.full_score as value_expected,
        cast(review_scores.score - review_scores.full_score as varchar) as difference,
        review_scores._filing_id,
        review_scores._file_sha256,
        review_scores._source_file,
        review_scores._source_sheet,
        review_scores._source_row,
        cast(null as integer) as project_row,
        filings.received_at as _loaded_at
    from review_scores
    inner join filings on review_scores._filing_id = filings.filing_id
    where review_scores.score > review_scores.full_score
),

corrections_void as (
    select
        corrections.rule_id,
        corrections.bureau_code,
        corrections.document_kind,
        corrections.fiscal_year,
        corrections.round_no,
        corrections.project_code,
        'projects' as table_name,
        corrections.field,
        case corrections.rule_id
            when 'COR-002' then corrections.correction_id
            when 'COR-003'
                then concat_ws('：', corrections.field, corrections.value_corrected)
            else corrections.value_found
        end as value_found,
        case when corrections.rule_id = 'COR-001' then corrections.value_sent end
            as value_expected,
        cast(null as varchar) as difference,
        live._filing_id,
        live._file_sha256,
        live._source_file,
        live._source_sheet,
        live._source_row,
        live._source_row as project_row,
        coalesce(live._loaded_at, cast(corrections.approved_on as timestamp)) as _loaded_at
    from corrections
    left join live on corrections.project_row_id = live.project_row_id
    where corrections.rule_id is not null
),

raised as (
    select * from scores_over
    union all
    select * from corrections_void
)

select * from raised
