with sent_projects as (
    select * from {{ source('raw', 'monitoring__projects') }}
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
        {{ to_cny('sent_projects.expected_execution', 'sent_projects._money_unit') }}
            as expected_execution_cny,
        {{ clean_text('sent_projects.expected_execution') }} as expected_execution_text,
        {{ clean_rate('sent_projects.execution_rate') }} as declared_execution_rate,
        {{ is_rate_ambiguous('sent_projects.execution_rate') }} as is_declared_rate_ambiguous,
        {{ clean_text('sent_projects.execution_rate') }} as declared_execution_rate_text,
        {{ clean_text('sent_projects.overall_goal') }} as overall_goal,
        {{ null_if_placeholder(squeeze('sent_projects.monitoring_type')) }} as monitoring_type,
        {{ null_if_placeholder(clean_text('sent_projects.execution_warning')) }}
            as execution_warning_text,
        {{ null_if_placeholder(clean_text('sent_projects.completion_warning')) }}
            as completion_warning_text,
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
        projects_cleaned.monitoring_type,
        projects_cleaned.overall_goal,
        projects_cleaned.initial_budget_cny,
        projects_cleaned.initial_budget_text,
        projects_cleaned.annual_budget_cny,
        projects_cleaned.annual_budget_text,
        projects_cleaned.adjusted_budget_cny,
        projects_cleaned.adjusted_budget_text,
        projects_cleaned.executed_cny,
        projects_cleaned.executed_text,
        projects_cleaned.expected_execution_cny,
        projects_cleaned.expected_execution_text,
        projects_cleaned.declared_execution_rate,
        projects_cleaned.is_declared_rate_ambiguous,
        projects_cleaned.declared_execution_rate_text,
        projects_cleaned.execution_warning_text,
        projects_cleaned.completion_warning_text,
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
)

select * from projects_mapped
