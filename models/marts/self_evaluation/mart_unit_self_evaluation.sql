with

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

named as (
    select
        *,
        {{ match_text('unit_name') }} as unit_text
    from self_evaluations
),

-- a form without the unit's code belongs to the unit of that name, if only one code goes by it
unit_codes as (
    select
        fiscal_year,
        bureau_code,
        unit_text,
        min(unit_code) as unit_code
    from named
    where unit_text is not null
    group by fiscal_year, bureau_code, unit_text
    having count(distinct unit_code) = 1
),

identified as (
    select
        named.* replace (coalesce(named.unit_code, unit_codes.unit_code) as unit_code),
        coalesce(named.unit_code, unit_codes.unit_code, named.unit_text) as unit_key
    from named
    left join unit_codes
        on
            named.fiscal_year = unit_codes.fiscal_year
            and named.bureau_code = unit_codes.bureau_code
            and named.unit_text = unit_codes.unit_text
),

counted as (
    select
        fiscal_year,
        bureau_code,
        unit_key,
        min(unit_code) as unit_code,
        min(unit_name) as unit_name,
        min(department_name) as department_name,
        count(*) as evaluated_count,
        count(declared_score) as scored_count,
        sum(declared_score) as score_total,
        count(*) filter (where grade = 'excellent') as excellent_count,
        count(*) filter (where grade = 'good') as good_count,
        count(*) filter (where grade = 'fair') as fair_count,
        count(*) filter (where grade = 'poor') as poor_count,
        count(*) filter (where is_below_80) as below_80_count,
        count(*) filter (where is_below_60) as below_60_count,
        sum(budget_cny) as budget_cny,
        sum(budget_cny) filter (where is_below_80) as below_80_amount_cny,
        sum(budget_cny) filter (where is_below_60) as below_60_amount_cny,
        max(parameter_version) as parameter_version
    from identified
    group by fiscal_year, bureau_code, unit_key
),

units as (
    select
        cast(counted.fiscal_year + 1 as integer) as work_year,
        counted.fiscal_year,
        counted.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        counted.unit_key,
        counted.unit_code,
        counted.unit_name,
        counted.department_name,
        case
            when counted.scored_count < counted.evaluated_count and counted.below_60_count = 0
                then 'cannot_judge'
            when counted.below_60_count > 0 then 'fail'
            when counted.below_80_count > 0 then 'warn'
            else 'pass'
        end as verdict,
        counted.evaluated_count,
        counted.scored_count,
        counted.excellent_count,
        counted.good_count,
        counted.fair_count,
        counted.poor_count,
        counted.below_80_count,
        counted.below_60_count,
        try_cast({{ ratio('counted.score_total', 'counted.scored_count') }} as decimal(9, 4))
            as mean_score,
        try_cast(
            {{ ratio('counted.excellent_count', 'counted.evaluated_count') }} as decimal(18, 10)
        ) as excellent_rate,
        try_cast({{ ratio('counted.below_60_count', 'counted.scored_count') }} as decimal(18, 10))
            as failure_rate,
        cast(counted.budget_cny as decimal(20, 2)) as budget_cny,
        cast(coalesce(counted.below_80_amount_cny, 0) as decimal(20, 2)) as below_80_amount_cny,
        cast(coalesce(counted.below_60_amount_cny, 0) as decimal(20, 2)) as below_60_amount_cny,
        counted.parameter_version
    from counted
    left join bureaus
        on
            counted.fiscal_year = bureaus.fiscal_year
            and counted.bureau_code = bureaus.bureau_code
)

select * from units
