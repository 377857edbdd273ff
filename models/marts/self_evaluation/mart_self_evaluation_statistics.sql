with

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

departments as (
    select * from {{ ref('fct_overall_expenditure') }}
    where has_self_evaluation
),

scopes as (
    select * from {{ ref('int_bureau_scopes') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

project_totals as (
    select
        fiscal_year,
        bureau_code,
        count(*) as evaluated_count,
        count(declared_score) as scored_count,
        sum(declared_score) as score_total,
        count(*) filter (where grade = 'excellent') as excellent_count,
        count(*) filter (where grade = 'good') as good_count,
        count(*) filter (where grade = 'fair') as fair_count,
        count(*) filter (where grade = 'poor') as poor_count,
        count(*) filter (where is_below_80) as below_80_count,
        sum(budget_cny) filter (where is_below_80) as below_80_amount_cny,
        count(*) filter (where is_below_60) as below_60_count,
        sum(budget_cny) filter (where is_below_60) as below_60_amount_cny,
        0 as department_count,
        0 as excellent_department_count
    from self_evaluations
    group by fiscal_year, bureau_code
),

department_totals as (
    select
        fiscal_year,
        bureau_code,
        0 as evaluated_count,
        0 as scored_count,
        null as score_total,
        0 as excellent_count,
        0 as good_count,
        0 as fair_count,
        0 as poor_count,
        0 as below_80_count,
        null as below_80_amount_cny,
        0 as below_60_count,
        null as below_60_amount_cny,
        count(*) as department_count,
        count(*) filter (where grade = 'excellent') as excellent_department_count
    from departments
    group by fiscal_year, bureau_code
),

own_totals as (
    select * from project_totals
    union all
    select * from department_totals
),

scoped_totals as (
    select
        scopes.fiscal_year,
        scopes.bureau_code,
        scopes.scope,
        sum(own_totals.evaluated_count) as evaluated_count,
        sum(own_totals.scored_count) as scored_count,
        sum(own_totals.score_total) as score_total,
        sum(own_totals.excellent_count) as excellent_count,
        sum(own_totals.good_count) as good_count,
        sum(own_totals.fair_count) as fair_count,
        sum(own_totals.poor_count) as poor_count,
        sum(own_totals.below_80_count) as below_80_count,
        sum(own_totals.below_80_amount_cny) as below_80_amount_cny,
        sum(own_totals.below_60_count) as below_60_count,
        sum(own_totals.below_60_amount_cny) as below_60_amount_cny,
        sum(own_totals.department_count) as department_count,
        sum(own_totals.excellent_department_count) as excellent_department_count
    from own_totals
    inner join scopes
        on
            own_totals.fiscal_year = scopes.fiscal_year
            and own_totals.bureau_code = scopes.member_bureau_code
    group by scopes.fiscal_year, scopes.bureau_code, scopes.scope
),

-- every bureau has its rows for the years evaluated by now, also where nothing was sent
grid as (
    select
        bureaus.fiscal_year,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        bureau_scopes.scope
    from bureaus
    cross join (
        select 'own' as scope
        union all
        select 'with_subordinates' as scope
    ) as bureau_scopes
    where bureaus.fiscal_year < extract('year' from cast('{{ var("as_of") }}' as date))
),

statistics as (
    select
        cast(grid.fiscal_year + 1 as integer) as work_year,
        grid.fiscal_year,
        grid.bureau_code,
        grid.bureau_name,
        grid.tier,
        grid.tier_no,
        grid.scope,
        cast(coalesce(scoped_totals.evaluated_count, 0) as bigint) as evaluated_count,
        cast(coalesce(scoped_totals.scored_count, 0) as bigint) as scored_count,
        cast(coalesce(scoped_totals.department_count, 0) as bigint) as department_count,
        cast(coalesce(scoped_totals.excellent_count, 0) as bigint) as excellent_count,
        cast(coalesce(scoped_totals.good_count, 0) as bigint) as good_count,
        cast(coalesce(scoped_totals.fair_count, 0) as bigint) as fair_count,
        cast(coalesce(scoped_totals.poor_count, 0) as bigint) as poor_count,
        cast(coalesce(scoped_totals.excellent_department_count, 0) as bigint)
            as excellent_department_count,
        cast(coalesce(scoped_totals.below_80_count, 0) as bigint) as below_80_count,
        cast(coalesce(scoped_totals.below_60_count, 0) as bigint) as below_60_count,
        try_cast({{ ratio('scoped_totals.score_total', 'scoped_totals.scored_count') }}
            as decimal(9, 4)) as mean_score,
        try_cast({{ ratio(
            'scoped_totals.excellent_count + scoped_totals.excellent_department_count',
            'scoped_totals.evaluated_count + scoped_totals.department_count'
        ) }} as decimal(18, 10)) as excellent_rate,
        try_cast({{ ratio('scoped_totals.below_60_count', 'scoped_totals.scored_count') }}
            as decimal(18, 10)) as failure_rate,
        cast(coalesce(scoped_totals.below_80_amount_cny, 0) as decimal(20, 2))
            as below_80_amount_cny,
        cast(coalesce(scoped_totals.below_60_amount_cny, 0) as decimal(20, 2))
            as below_60_amount_cny,
        thresholds.parameter_version
    from grid
    left join scoped_totals
        on
            grid.fiscal_year = scoped_totals.fiscal_year
            and grid.bureau_code = scoped_totals.bureau_code
            and grid.scope = scoped_totals.scope
    left join thresholds on grid.fiscal_year = thresholds.fiscal_year
)

select * from statistics
