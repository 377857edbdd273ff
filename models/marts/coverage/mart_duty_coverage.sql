with

ex_ante_assessments as (
    select * from {{ ref('mart_ex_ante_assessment') }}
),

transfer_goals as (
    select * from {{ ref('mart_transfer_goal') }}
),

department_shares as (
    select * from {{ ref('mart_department_evaluation_share') }}
),

substantive_reviews as (
    select * from {{ ref('mart_substantive_review') }}
),

overall_duties as (
    select * from {{ ref('int_overall_duties') }}
    where is_due
),

scopes as (
    select * from {{ ref('int_bureau_scopes') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- one block per duty: one row per thing owed, whether it is done, and the amount it counts
duties as (
    select
        'ex_ante_assessment' as duty,
        work_year,
        bureau_code,
        is_assessed as is_done,
        requested_budget_cny as amount_cny
    from ex_ante_assessments
    where is_owed

    union all

    -- where nobody knows the receiving bureau, its issuer answers for the goal
    select
        'transfer_goal' as duty,
        work_year,
        coalesce(bureau_code, filer_bureau_code) as bureau_code,
        is_issued as is_done,
        amount_cny
    from transfer_goals

    union all

    -- one row per department: done is what reaches the required share
    select
        'department_evaluation' as duty,
        work_year,
        bureau_code,
        verdict = 'pass' as is_done,
        project_budget_cny as amount_cny
    from department_shares
    where project_budget_cny > 0

    union all

    select
        'substantive_review' as duty,
        work_year,
        bureau_code,
        is_reviewed as is_done,
        initial_budget_cny as amount_cny
    from substantive_reviews
    where is_required

    union all

    -- three duties of a unit: goal, monitoring and, of the year before, self-evaluation
    select
        duty,
        work_year,
        bureau_code,
        is_done,
        amount_cny
    from overall_duties
),

own_totals as (
    select
        duty,
        work_year,
        bureau_code,
        count(*) as due_count,
        count(*) filter (where is_done) as done_count,
        coalesce(sum(amount_cny), 0) as due_amount_cny,
        coalesce(sum(amount_cny) filter (where is_done), 0) as done_amount_cny
    from duties
    group by duty, work_year, bureau_code
),

scoped_totals as (
    select
        own_totals.duty,
        own_totals.work_year,
        scopes.bureau_code,
        scopes.scope,
        sum(own_totals.due_count) as due_count,
        sum(own_totals.done_count) as done_count,
        sum(own_totals.due_amount_cny) as due_amount_cny,
        sum(own_totals.done_amount_cny) as done_amount_cny
    from own_totals
    inner join scopes
        on
            own_totals.work_year = scopes.fiscal_year
            and own_totals.bureau_code = scopes.member_bureau_code
    group by all
),

-- every bureau has its row in each year of a duty, also where it owes nothing
grid as (
    select
        duty_years.duty,
        duty_years.work_year,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        bureau_scopes.scope
    from (select distinct duty, work_year from own_totals) as duty_years
    inner join bureaus on duty_years.work_year = bureaus.fiscal_year
    cross join (
        select 'own' as scope
        union all
        select 'with_subordinates' as scope
    ) as bureau_scopes
),

coverage as (
    select
        grid.duty,
        grid.work_year,
        grid.bureau_code,
        grid.bureau_name,
        grid.tier,
        grid.tier_no,
        grid.scope,
        cast(coalesce(totals.due_count, 0) as bigint) as due_count,
        cast(coalesce(totals.done_count, 0) as bigint) as done_count,
        try_cast({{ ratio('totals.done_count', 'totals.due_count') }} as decimal(18, 10))
            as coverage_rate,
        cast(coalesce(totals.due_amount_cny, 0) as decimal(20, 2)) as due_amount_cny,
        cast(coalesce(totals.done_amount_cny, 0) as decimal(20, 2)) as done_amount_cny,
        cast(case
            when totals.done_amount_cny between 0 and totals.due_amount_cny
                then {{ ratio('totals.done_amount_cny', 'totals.due_amount_cny') }}
        end as decimal(18, 10)) as amount_coverage_rate
    from grid
    left join scoped_totals as totals
        on
            grid.duty = totals.duty
            and grid.work_year = totals.work_year
            and grid.bureau_code = totals.bureau_code
            and grid.scope = totals.scope
)

select * from coverage
