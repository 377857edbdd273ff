with sent_projects as (
    select * from {{ source('raw', 'project_register__projects') }}
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

fund_type_texts as (
    select * from {{ ref('map_fund_type_text') }}
),

fund_types as (
    select * from {{ ref('ref_fund_type') }}
),

category_texts as (
    select * from {{ ref('map_project_category_text') }}
),

categories as (
    select * from {{ ref('ref_project_category') }}
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
        {{ null_if_placeholder(squeeze('sent_projects.project_category')) }}
            as project_category_text,
        {{ text_replace_all(
            text_extract(squeeze('sent_projects.project_category'), '^[[(]?([0-9]+)', 1),
            '^3[0-9]$', '3'
        ) }} as category_digits,
        {{ text_replace_all(
            squeeze('sent_projects.project_category'), '^[[(]?[0-9]+[])]?[-_.、:]*', ''
        ) }} as category_name_text,
        {{ null_if_placeholder(squeeze('sent_projects.fund_type')) }} as fund_type_text,
        {{ text_extract(squeeze('sent_projects.fund_type'), '^[[(]?([0-9]+)', 1) }}
            as fund_type_digits,
        {{ text_replace_all(squeeze('sent_projects.fund_type'), '^[[(]?[0-9]+[])]?[-_.、:]*', '') }}
            as fund_type_name_text,
        {{ null_if_placeholder(squeeze('sent_projects.project_attribute')) }} as is_new_text,
        {{ null_if_placeholder(squeeze('sent_projects.is_direct_fund')) }} as is_direct_fund_text,
        {{ null_if_placeholder(squeeze('sent_projects.is_poverty_relief')) }}
            as is_poverty_relief_text,
        {{ null_if_placeholder(squeeze('sent_projects.is_transfer')) }} as is_transfer_text,
        {{ null_if_placeholder(squeeze('sent_projects.is_confidential')) }} as is_confidential_text,
        {{ null_if_placeholder(clean_text('sent_projects.tags')) }} as tags,
        {{ to_cny('sent_projects.initial_budget', 'sent_projects._money_unit') }}
            as initial_budget_cny,
        {{ clean_text('sent_projects.initial_budget') }} as initial_budget_text,
        {{ to_cny('sent_projects.adjusted_budget', 'sent_projects._money_unit') }}
            as adjusted_budget_cny,
        {{ clean_text('sent_projects.adjusted_budget') }} as adjusted_budget_text,
        cast(null as {{ text_type() }}) as review_status_text,
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
        coalesce(categories.project_category, category_texts.project_category) as project_category,
        projects_cleaned.project_category_text,
        fund_types.fund_type_code,
        fund_types.fund_type,
        projects_cleaned.fund_type_text,
        is_new_booleans.is_true as is_new,
        coalesce(
            is_direct_fund_booleans.is_true,
            {{ text_matches('projects_cleaned.tags', '直达') }}
        ) as is_direct_fund,
        coalesce(
            is_poverty_relief_booleans.is_true,
            {{ text_matches('projects_cleaned.tags', '扶贫|衔接|乡村振兴') }}
        ) as is_poverty_relief,
        coalesce(
            is_transfer_booleans.is_true,
            {{ text_matches('projects_cleaned.tags', '转移支付') }}
        ) as is_transfer,
        coalesce(
            is_confidential_booleans.is_true,
            {{ text_matches('projects_cleaned.tags', '涉密') }}
        ) as is_confidential,
        projects_cleaned.tags,
        projects_cleaned.initial_budget_cny,
        projects_cleaned.initial_budget_text,
        projects_cleaned.adjusted_budget_cny,
        projects_cleaned.adjusted_budget_text,
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
    left join categories
        on projects_cleaned.category_digits = categories.project_category
    left join category_texts
        on projects_cleaned.category_name_text = category_texts.category_text
    left join fund_type_texts
        on projects_cleaned.fund_type_name_text = fund_type_texts.fund_type_text
    left join fund_types
        on coalesce(nullif(projects_cleaned.fund_type_digits, ''), fund_type_texts.fund_type_code)
            = fund_types.fund_type_code
    left join booleans as is_new_booleans
        on projects_cleaned.is_new_text = is_new_booleans.boolean_text
    left join booleans as is_direct_fund_booleans
        on projects_cleaned.is_direct_fund_text = is_direct_fund_booleans.boolean_text
    left join booleans as is_poverty_relief_booleans
        on projects_cleaned.is_poverty_relief_text = is_poverty_relief_booleans.boolean_text
    left join booleans as is_transfer_booleans
        on projects_cleaned.is_transfer_text = is_transfer_booleans.boolean_text
    left join booleans as is_confidential_booleans
        on projects_cleaned.is_confidential_text = is_confidential_booleans.boolean_text
)

select * from projects_mapped
