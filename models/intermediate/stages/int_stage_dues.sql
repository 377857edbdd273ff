with

projects as (
    select * from {{ ref('int_projects_registered') }}
),

stages as (
    select * from {{ ref('int_stages_expected') }}
    where document_kind <> 'project_register' and is_in_calendar
),

scope_rules as (
    {{ jurisdiction_rows(ref('param_stage_scope'), ['stage']) }}
),

live as (
    select * from {{ ref('int_projects_live') }}
    where document_kind <> 'project_register'
),

stage_rules as (
    select
        stages.fiscal_year,
        stages.document_kind as stage,
        stages.round_no,
        stages.due_date,
        stages.is_past_due,
        scope_rules.rule_type,
        scope_rules.value,
        scope_rules.amount_basis
    from stages
    inner join scope_rules
        on
            stages.document_kind = scope_rules.stage
            and stages.fiscal_year >= coalesce(scope_rules.valid_from_year, 0)
            and stages.fiscal_year <= coalesce(scope_rules.valid_to_year, 9999)
),

included as (
    select
        projects.*,
        stage_rules.stage,
        stage_rules.round_no,
        stage_rules.due_date,
        stage_rules.is_past_due,
        case
            when stage_rules.amount_basis = 'initial_budget' then projects.initial_budget_cny
            else projects.annual_budget_cny
        end as amount_cny
    from projects
    inner join stage_rules
        on projects.fiscal_year = stage_rules.fiscal_year and stage_rules.rule_type = 'all'
),

excluded as (
    select distinct
        projects.bureau_code,
        projects.fiscal_year,
        projects.project_code,
        stage_rules.stage,
        stage_rules.round_no
    from projects
    inner join stage_rules
        on
            projects.fiscal_year = stage_rules.fiscal_year
            and (
                (
                    stage_rules.rule_type = 'exclude_tag'
                    and contains(projects.tags, stage_rules.value)
                )
                or (
                    stage_rules.rule_type = 'exclude_category'
                    and starts_with(projects.project_category, stage_rules.value)
                )
            )
),

dues as (
    select
        included.bureau_code,
        included.fiscal_year,
        included.project_code,
        included.stage,
        included.round_no,
        included.project_name,
        included.unit_code,
        included.unit_name,
        included.fund_type,
        included.amount_cny,
        included.due_date,
        included.is_past_due,
        live.project_row_id is not null as is_done,
        included._filing_id,
        included._file_sha256,
        included._source_file,
        included._source_sheet,
        included._source_row
    from included
    left join excluded
        on
            included.bureau_code = excluded.bureau_code
            and included.fiscal_year = excluded.fiscal_year
            and included.project_code = excluded.project_code
            and included.stage = excluded.stage
            and included.round_no is not distinct from excluded.round_no
    left join live
        on
            included.bureau_code = live.bureau_code
            and included.fiscal_year = live.fiscal_year
            and included.project_code = live.project_code
            and included.stage = live.document_kind
            and included.round_no is not distinct from live.round_no
    where excluded.project_code is null
)

select * from dues
