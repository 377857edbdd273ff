with

dues as (
    select * from {{ ref('int_stage_dues') }}
),

stages as (
    select * from {{ ref('int_stages_expected') }}
    where document_kind <> 'project_register' and is_in_calendar
),

live as (
    select * from {{ ref('int_projects_live') }}
    where document_kind <> 'project_register'
),

registered as (
    select * from {{ ref('int_projects_registered') }}
),

scopes as (
    select * from {{ ref('int_bureau_scopes') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

fund_types as (
    select distinct fund_type from {{ ref('ref_fund_type') }}
    union all
    select 'all' as fund_type
),

due_totals as (
    select
        fiscal_year,
        stage,
        round_no,
        bureau_code,
        fund_type,
        count(*) as due_project_count,
        count(*) filter (where is_done) as done_project_count,
        sum(amount_cny) as due_amount_cny,
        sum(amount_cny) filter (where is_done) as done_amount_cny,
        count(*) filter (where amount_cny is null) as due_without_amount_count,
        cast(0 as bigint) as filed_not_due_count
    from dues
    group by all
),

-- filed, though the register does not know the project or does not ask it for this stage
not_due_totals as (
    select
        live.fiscal_year,
        live.document_kind as stage,
        live.round_no,
        live.bureau_code,
        coalesce(registered.fund_type, 'other') as fund_type,
        cast(0 as bigint) as due_project_count,
        cast(0 as bigint) as done_project_count,
        null as due_amount_cny,
        null as done_amount_cny,
        cast(0 as bigint) as due_without_amount_count,
        count(*) as filed_not_due_count
    from live
    left join dues
        on
            live.fiscal_year = dues.fiscal_year
            and live.document_kind = dues.stage
            and live.round_no is not distinct from dues.round_no
            and live.bureau_code = dues.bureau_code
            and live.project_code = dues.project_code
    left join registered
        on
            live.fiscal_year = registered.fiscal_year
            and live.bureau_code = registered.bureau_code
            and live.project_code = registered.project_code
    where dues.project_code is null
    group by all
),

own_totals as (
    select * from due_totals
    union all
    select * from not_due_totals
),

own_totals_by_fund as (
    select * from own_totals

    union all

    select * replace ('all' as fund_type) from own_totals
),

scoped_totals as (
    select
        own_totals_by_fund.fiscal_year,
        own_totals_by_fund.stage,
        own_totals_by_fund.round_no,
        scopes.bureau_code,
        scopes.scope,
        own_totals_by_fund.fund_type,
        sum(own_totals_by_fund.due_project_count) as due_project_count,
        sum(own_totals_by_fund.done_project_count) as done_project_count,
        sum(own_totals_by_fund.due_amount_cny) as due_amount_cny,
        sum(own_totals_by_fund.done_amount_cny) as done_amount_cny,
        sum(own_totals_by_fund.due_without_amount_count) as due_without_amount_count,
        sum(own_totals_by_fund.filed_not_due_count) as filed_not_due_count
    from own_totals_by_fund
    inner join scopes
        on
            own_totals_by_fund.fiscal_year = scopes.fiscal_year
            and own_totals_by_fund.bureau_code = scopes.member_bureau_code
    group by all
),

-- every bureau, scope and fund type has its row, also where nothing is owed
grid as (
    select
        stages.fiscal_year,
        stages.document_kind as stage,
        stages.round_no,
        stages.due_date,
        stages.is_past_due,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.parent_bureau_code,
        bureau_scopes.scope,
        fund_types.fund_type
    from stages
    inner join bureaus on stages.fiscal_year = bureaus.fiscal_year
    cross join (
        select 'own' as scope
        union all
        select 'with_subordinates' as scope
    ) as bureau_scopes
    cross join fund_types
),

coverage as (
    select
        grid.fiscal_year,
        {{ work_year('grid.stage', 'grid.fiscal_year') }} as work_year,
        grid.stage,
        grid.round_no,
        grid.bureau_code,
        grid.bureau_name,
        grid.tier,
        grid.parent_bureau_code,
        grid.scope,
        grid.fund_type,
        grid.is_past_due,
        cast(coalesce(totals.due_project_count, 0) as bigint) as due_project_count,
        cast(coalesce(totals.done_project_count, 0) as bigint) as done_project_count,
        cast(coalesce(totals.due_project_count - totals.done_project_count, 0) as bigint)
            as missing_project_count,
        try_cast(
            {{ ratio('totals.done_project_count', 'totals.due_project_count') }} as decimal(18, 10)
        ) as coverage_rate,
        cast(coalesce(totals.due_amount_cny, 0) as decimal(20, 2)) as due_amount_cny,
        cast(coalesce(totals.done_amount_cny, 0) as decimal(20, 2)) as done_amount_cny,
        cast(case
            when coalesce(totals.done_amount_cny, 0) between 0 and totals.due_amount_cny
                then {{ ratio('coalesce(totals.done_amount_cny, 0)', 'totals.due_amount_cny') }}
        end as decimal(18, 10)) as amount_coverage_rate,
        cast(coalesce(totals.due_without_amount_count, 0) as bigint) as due_without_amount_count,
        cast(coalesce(totals.filed_not_due_count, 0) as bigint) as filed_not_due_count,
        grid.due_date,
        cast('{{ var("as_of") }}' as date) as as_of_date
    from grid
    left join scoped_totals as totals
        on
            grid.fiscal_year = totals.fiscal_year
            and grid.stage = totals.stage
            and grid.round_no is not distinct from totals.round_no
            and grid.bureau_code = totals.bureau_code
            and grid.scope = totals.scope
            and grid.fund_type = totals.fund_type
)

select * from coverage
