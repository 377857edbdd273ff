with

live as (
    select * from {{ ref('int_projects_live') }}
),

registered as (
    select * from {{ ref('int_projects_registered') }}
),

confidential as (
    select * from {{ ref('int_projects_confidential') }}
),

goals as (
    select * from {{ ref('int_goal_projects_corrected') }}
),

monitoring as (
    select * from {{ ref('int_monitoring_projects_corrected') }}
),

evaluations as (
    select * from {{ ref('int_self_evaluation_projects_corrected') }}
),

dues as (
    select * from {{ ref('int_stage_dues') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

stages as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        bool_or(document_kind = 'goal') as has_goal,
        bool_or(document_kind = 'self_evaluation') as has_self_evaluation,
        count(*) filter (where document_kind = 'monitoring') as monitored_round_count,
        string_agg(
            case when document_kind = 'monitoring' then cast(round_no as varchar) end, ','
            order by round_no
        ) as monitored_rounds,
        max(project_row_id) filter (where document_kind = 'project_register') as register_row_id,
        max(project_row_id) filter (where document_kind = 'goal') as goal_row_id,
        min_by(project_row_id, round_no) filter (where document_kind = 'monitoring')
            as first_monitoring_row_id,
        max_by(project_row_id, round_no) filter (where document_kind = 'monitoring')
            as monitoring_row_id,
        max(project_row_id) filter (where document_kind = 'self_evaluation')
            as self_evaluation_row_id
    from live
    group by all
),

-- done is what is owed and there: what nobody asked for is seen in has_goal, never in is_goal_done
owed as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        bool_or(stage = 'goal') as is_goal_due,
        bool_or(stage = 'goal' and is_done) as is_goal_done,
        bool_or(stage = 'monitoring') as is_monitoring_due,
        bool_or(stage = 'self_evaluation') as is_self_evaluation_due,
        bool_or(stage = 'self_evaluation' and is_done) as is_self_evaluation_done,
        max(amount_cny) filter (where stage = 'goal') as goal_amount_cny
    from dues
    group by all
),

-- the register says who a project is; where it is silent, the earliest stage that knows it
identities as (
    select
        live.*,
        stages.* exclude (bureau_code, fiscal_year, project_code)
    from stages
    inner join live
        on live.project_row_id = coalesce(
            stages.register_row_id,
            stages.goal_row_id,
            stages.first_monitoring_row_id,
            stages.self_evaluation_row_id
        )
),

facts as (
    select
        identities.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        identities.fiscal_year,
        identities.project_code,
        identities.project_name,
        identities.unit_code,
        identities.unit_name,
        identities.department_code,
        identities.department_name,
        registered.project_category,
        registered.fund_type_code,
        coalesce(registered.fund_type, 'other') as fund_type,
        registered.tags,
        identities.match_method,
        identities.is_code_assigned,
        registered.project_code is not null as is_registered,
        coalesce(registered.is_new, false) as is_new,
        coalesce(registered.is_direct_fund, false) as is_direct_fund,
        coalesce(registered.is_poverty_relief, false) as is_poverty_relief,
        coalesce(registered.is_transfer, false) as is_transfer,
        coalesce(confidential.is_confidential, false) as is_confidential,
        coalesce(confidential.confidential_basis, 'not_registered') as confidential_basis,
        identities.has_goal,
        identities.monitored_round_count > 0 as has_monitoring,
        identities.has_self_evaluation,
        coalesce(owed.is_goal_due, false) as is_goal_due,
        coalesce(owed.is_goal_done, false) as is_goal_done,
        coalesce(owed.is_monitoring_due, false) as is_monitoring_due,
        coalesce(owed.is_self_evaluation_due, false) as is_self_evaluation_due,
        coalesce(owed.is_self_evaluation_done, false) as is_self_evaluation_done,
        cast(identities.monitored_round_count as integer) as monitored_round_count,
        identities.monitored_rounds,
        cast(coalesce(
            registered.initial_budget_cny,
            goals.budget_cny,
            monitoring.initial_budget_cny,
            evaluations.initial_budget_cny
        ) as decimal(20, 2)) as initial_budget_cny,
        cast(coalesce(
            registered.annual_budget_cny,
            monitoring.adjusted_budget_cny,
            monitoring.annual_budget_cny,
            evaluations.adjusted_budget_cny,
            evaluations.annual_budget_cny
        ) as decimal(20, 2)) as annual_budget_cny,
        cast(owed.goal_amount_cny as decimal(20, 2)) as goal_amount_cny,
        identities._filing_id,
        identities._file_sha256,
        identities._source_file,
        identities._source_sheet,
        identities._source_row,
        identities._loaded_at
    from identities
    left join registered
        on
            identities.bureau_code = registered.bureau_code
            and identities.fiscal_year = registered.fiscal_year
            and identities.project_code = registered.project_code
    left join confidential
        on
            identities.bureau_code = confidential.bureau_code
            and identities.fiscal_year = confidential.fiscal_year
            and identities.project_code = confidential.project_code
    left join owed
        on
            identities.bureau_code = owed.bureau_code
            and identities.fiscal_year = owed.fiscal_year
            and identities.project_code = owed.project_code
    left join goals on identities.goal_row_id = goals.project_row_id
    left join monitoring on identities.monitoring_row_id = monitoring.project_row_id
    left join evaluations on identities.self_evaluation_row_id = evaluations.project_row_id
    left join bureaus
        on
            identities.bureau_code = bureaus.bureau_code
            and identities.fiscal_year = bureaus.fiscal_year
)

select * from facts
