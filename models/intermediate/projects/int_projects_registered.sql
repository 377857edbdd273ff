with

projects as (
    select * from {{ ref('int_projects_live') }}
    where document_kind = 'project_register'
),

registers as (
    select * from {{ ref('int_project_register_projects_corrected') }}
),

registered as (
    select
        projects.bureau_code,
        projects.fiscal_year,
        projects.project_code,
        projects.is_code_assigned,
        projects.project_name,
        projects.unit_code,
        projects.unit_name,
        projects.department_code,
        projects.department_name,
        projects.finance_division,
        registers.project_category,
        registers.fund_type_code,
        coalesce(registers.fund_type, 'other') as fund_type,
        registers.tags,
        coalesce(registers.is_new, false) as is_new,
        coalesce(registers.is_direct_fund, false) as is_direct_fund,
        coalesce(registers.is_poverty_relief, false) as is_poverty_relief,
        coalesce(registers.is_transfer, false) as is_transfer,
        coalesce(registers.is_confidential, false) as is_confidential,
        registers.is_confidential is not null as is_confidential_stated,
        registers.initial_budget_cny,
        registers.adjusted_budget_cny,
        coalesce(registers.adjusted_budget_cny, registers.initial_budget_cny) as annual_budget_cny,
        projects._filing_id,
        projects._file_sha256,
        projects._source_file,
        projects._source_sheet,
        projects._source_row,
        projects._loaded_at
    from projects
    inner join registers on projects.project_row_id = registers.project_row_id
)

select * from registered
