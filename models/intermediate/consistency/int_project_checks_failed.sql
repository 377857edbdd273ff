with

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

pairs as (
    select * from {{ ref('int_stage_pairs_compared') }}
),

missed as (
    select * from {{ ref('int_dues_missed') }}
),

presence as (
    select
        missed.bureau_code,
        missed.fiscal_year,
        missed.project_code,
        'C1' as check_code,
        'fail' as verdict,
        'presence' as subject,
        max_by(stages.stage_name, stages.stage_order) as earlier_stage,
        case
            when missed.stage = 'monitoring' then 'monitoring_' || missed.round_no
            else missed.stage
        end as later_stage,
        null as value_found,
        string_agg(stages.stage_name, ',' order by stages.stage_order) as value_expected,
        null as difference
    from missed
    inner join stages
        on
            missed.bureau_code = stages.bureau_code
            and missed.fiscal_year = stages.fiscal_year
            and missed.project_code = stages.project_code
            and stages.stage_name <> 'register'
    where missed.is_past_due
    group by
        missed.bureau_code, missed.fiscal_year, missed.project_code, missed.stage, missed.round_no
),

identity as (
    {%- for subject, compared in [
        ('project_name', match_text), ('unit_name', match_unit), ('department_name', match_unit)
    ] %}
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C2' as check_code,
        'fail' as verdict,
        '{{ subject }}' as subject,
        earlier_stage,
        later_stage,
        later_{{ subject }} as value_found,
        earlier_{{ subject }} as value_expected,
        null as difference
    from pairs
    where
        later_{{ subject }} <> earlier_{{ subject }}
        and {{ compared('later_' ~ subject) }} <> {{ compared('earlier_' ~ subject) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

money as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C3' as check_code,
        'fail' as verdict,
        'initial_budget_cny' as subject,
        earlier_stage,
        later_stage,
        cast(cast(later_initial_budget_cny as decimal(20, 2)) as varchar) as value_found,
        cast(cast(earlier_initial_budget_cny as decimal(20, 2)) as varchar) as value_expected,
        cast(
            cast(later_initial_budget_cny - earlier_initial_budget_cny as decimal(20, 2)) as varchar
        ) as difference
    from pairs
    where abs(later_initial_budget_cny - earlier_initial_budget_cny) > tolerance_money_cny
),

executed_stages as (
    select
        *,
        lag(executed_cny) over (
            partition by bureau_code, fiscal_year, project_code order by stage_order
        ) as earlier_executed_cny,
        lag(stage_name) over (
            partition by bureau_code, fiscal_year, project_code order by stage_order
        ) as earlier_stage
    from stages
    where executed_cny is not null
),

execution as (
    select
        executed_stages.bureau_code,
        executed_stages.fiscal_year,
        executed_stages.project_code,
        'C4' as check_code,
        'fail' as verdict,
        'executed_cny' as subject,
        executed_stages.earlier_stage,
        executed_stages.stage_name as later_stage,
        cast(cast(executed_stages.executed_cny as decimal(20, 2)) as varchar) as value_found,
        '不低于 ' || cast(executed_stages.earlier_executed_cny as decimal(20, 2)) as value_expected,
        cast(
            cast(
                executed_stages.executed_cny - executed_stages.earlier_executed_cny
                as decimal(20, 2)
            )
            as varchar
        ) as difference
    from executed_stages
    where executed_stages.executed_cny < executed_stages.earlier_executed_cny
),

failed as (
    select * from presence

    union all
    select * from identity

    union all
    select * from money

    union all
    select * from execution
)

select * from failed
