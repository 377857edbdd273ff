with sent_projects as (
    select * from {{ source('raw', 'self_evaluation__projects') }}
),

filings as (
    select * from {{ ref('stg_ledger__filings') }}
    where not is_rejected
),

review_statuses as (
    select * from {{ ref('map_review_status') }}
),

booleans as (
    select * from {{ ref('map_boolean_text') }}
),

grades as (
    select * from {{ ref('map_grade_text') }}
),

projects_cleaned as (
    select
        concat(
            sent_projects._filing_id, ':', sent_projects._source_sheet, ':',
            sent_projects._source_row
        ) as project_row_id,
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        filings.month_no,
        {{ split_code('sent_projects.department_name') }} as department_code,
        {{ split_name('sent_projects.department_name') }} as department_name,
        coalesce(
            {{ null_if_placeholder(squeeze('sent_projects.unit_code')) }},
            {{ split_code('sent_projects.unit_name') }}
        ) as unit_code,
        {{ split_name('sent_projects.unit_name') }} as unit_name,
        {{ clean_project_code('sent_projects.project_code', 'sent_projects.project_name') }}
            as project_code,
        {{ clean_project_name('sent_projects.project_name') }} as project_name,
        {{ split_name('sent_projects.finance_division') }} as finance_division,
        sent_projects._money_unit as money_unit,
        sent_projects._layout as layout,
        {{ to_cny('sent_projects.initial_budget', 'sent_projects._money_unit') }}
            as initial_budget_cny,
        {{ clean_text('sent_projects.initial_budget') }} as initial_budget_text,
        {{ to_cny('sent_projects.annual_budget', 'sent_projects._money_unit') }}
            as annual_budget_cny,
        {{ clean_text('sent_projects.annual_budget') }} as annual_budget_text,
        {{ to_cny('sent_projects.adjusted_budget', 'sent_projects._money_unit') }}
            as adjusted_budget_cny,
        {{ clean_text('sent_projects.adjusted_budget') }} as adjusted_budget_text,
        {{ to_cny('sent_projects.executed', 'sent_projects._money_unit') }} as executed_cny,
        {{ clean_text('sent_projects.executed') }} as executed_text,
        {{ clean_rate('sent_projects.execution_rate') }} as declared_execution_rate,
        {{ is_rate_ambiguous('sent_projects.execution_rate') }} as is_declared_rate_ambiguous,
        {{ clean_text('sent_projects.execution_rate') }} as declared_execution_rate_text,
        {{ clean_score('sent_projects.execution_weight') }} as execution_weight,
        {{ clean_text('sent_projects.execution_weight') }} as execution_weight_text,
        {{ clean_score('sent_projects.execution_score') }} as declared_execution_score,
        {{ clean_text('sent_projects.execution_score') }} as declared_execution_score_text,
        {{ clean_score('sent_projects.total_score') }} as declared_score,
        {{ clean_text('sent_projects.total_score') }} as declared_score_text,
        {{ null_if_placeholder(squeeze('sent_projects.grade')) }} as grade_text,
        {{ text_extract(squeeze('sent_projects.total_score'), '(优秀?|良好?|中|差|一般|较差)[)]?$', 1) }}
            as grade_in_score,
        {{ null_if_placeholder(squeeze('sent_projects.is_disclosed')) }} as is_disclosed_text,
        {{ clean_text('sent_projects.overall_goal') }} as overall_goal,
        {{ clean_text('sent_projects.actual_goal') }} as actual_goal,
        {{ null_if_placeholder(clean_text('sent_projects.warning')) }} as warning_text,
        {{ null_if_placeholder(squeeze('sent_projects.review_status')) }} as review_status_text,
        {{ null_if_placeholder(squeeze('sent_projects.is_deleted')) }} as is_deleted_text,
        {{ clean_text('sent_projects.updated_at') }} as updated_at_text,
        {{ clean_timestamp('sent_projects.updated_at') }} as updated_at,
        sent_projects._other_columns,
        sent_projects._project_row,
        sent_projects._filing_id,
        sent_projects._file_sha256,
        sent_projects._source_file,
        sent_projects._source_sheet,
        sent_projects._source_row,
        sent_projects._loaded_at
    from sent_projects
    inner join filings
        on sent_projects._filing_id = filings.filing_id
),

projects_mapped as (
    select
        projects_cleaned.project_row_id,
        projects_cleaned.document_kind,
        projects_cleaned.bureau_code,
        projects_cleaned.fiscal_year,
        projects_cleaned.round_no,
        projects_cleaned.month_no,
        projects_cleaned.department_code,
        projects_cleaned.department_name,
        projects_cleaned.unit_code,
        projects_cleaned.unit_name,
        projects_cleaned.project_code,
        projects_cleaned.project_name,
        projects_cleaned.finance_division,
        projects_cleaned.money_unit,
        projects_cleaned.layout,
        is_disclosed_booleans.is_true as is_disclosed,
        grades.grade as declared_grade,
        coalesce(projects_cleaned.grade_text, nullif(projects_cleaned.grade_in_score, ''))
            as declared_grade_text,
        projects_cleaned.overall_goal,
        projects_cleaned.actual_goal,
        projects_cleaned.initial_budget_cny,
        projects_cleaned.initial_budget_text,
        projects_cleaned.annual_budget_cny,
        projects_cleaned.annual_budget_text,
        projects_cleaned.adjusted_budget_cny,
        projects_cleaned.adjusted_budget_text,
        projects_cleaned.executed_cny,
        projects_cleaned.executed_text,
        projects_cleaned.declared_execution_rate,
        projects_cleaned.is_declared_rate_ambiguous,
        projects_cleaned.declared_execution_rate_text,
        projects_cleaned.execution_weight,
        projects_cleaned.execution_weight_text,
        projects_cleaned.declared_execution_score,
        projects_cleaned.declared_execution_score_text,
        projects_cleaned.declared_score,
        projects_cleaned.declared_score_text,
        projects_cleaned.warning_text,
        (
            projects_cleaned.review_status_text is null
            or coalesce(review_statuses.review_status = 'final', false)
        )
        and not coalesce(is_deleted_booleans.is_true, false) as is_live_status,
        review_statuses.review_status,
        projects_cleaned.review_status_text,
        projects_cleaned.updated_at,
        projects_cleaned.updated_at_text,
        projects_cleaned._other_columns,
        projects_cleaned._project_row,
        projects_cleaned._filing_id,
        projects_cleaned._file_sha256,
        projects_cleaned._source_file,
        projects_cleaned._source_sheet,
        projects_cleaned._source_row,
        projects_cleaned._loaded_at
    from projects_cleaned
    left join review_statuses
        on projects_cleaned.review_status_text = review_statuses.status_text
    left join booleans as is_deleted_booleans
        on projects_cleaned.is_deleted_text = is_deleted_booleans.boolean_text
    left join booleans as is_disclosed_booleans
        on projects_cleaned.is_disclosed_text = is_disclosed_booleans.boolean_text
    left join grades
        on coalesce(projects_cleaned.grade_text, nullif(projects_cleaned.grade_in_score, ''))
            = grades.grade_text
)

select * from projects_mapped
