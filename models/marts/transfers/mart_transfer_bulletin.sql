with

goals as (
    select * from {{ ref('mart_transfer_goal') }}
    where bureau_code is not null
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

months as (
    select
        work_years.work_year,
        month_numbers.month_no,
        last_day(make_date(work_years.work_year, month_numbers.month_no, 1)) as month_end_date
    from (select distinct work_year from goals) as work_years
    cross join (
        values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) as month_numbers (month_no)
),

ended_months as (
    select * from months
    where month_end_date <= cast('{{ var("as_of") }}' as date)
),

-- funds issued before the year began (提前下达) are due from its first month; goals issued with the
-- funds need no date of their own
due as (
    select
        ended_months.work_year,
        ended_months.month_no,
        ended_months.month_end_date,
        goals.bureau_code,
        goals.bureau_name,
        goals.tier,
        goals.tier_no,
        goals.amount_cny,
        goals.is_issued
        and coalesce(goals.goal_issue_date, goals.issue_date) <= ended_months.month_end_date
            as is_issued_by_then
    from goals
    inner join ended_months
        on
            goals.work_year = ended_months.work_year
            and coalesce(goals.issue_date, goals.goal_issue_date) <= ended_months.month_end_date
),

counted as (
    select
        work_year,
        month_no,
        month_end_date,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        count(*) as due_item_count,
        count(*) filter (where is_issued_by_then) as issued_item_count,
        coalesce(sum(amount_cny), 0) as due_amount_cny,
        coalesce(sum(amount_cny) filter (where is_issued_by_then), 0) as issued_amount_cny
    from due
    group by all
),

bulletins as (
    select
        counted.work_year,
        cast(counted.month_no as integer) as month_no,
        counted.bureau_code,
        counted.bureau_name,
        counted.tier,
        counted.tier_no,
        coalesce(
            counted.issued_item_count
            < thresholds.transfer_required_rate * counted.due_item_count,
            false
        ) as is_laggard,
        rank() over (
            partition by counted.work_year, counted.month_no, counted.tier_no
            order by {{ ratio('counted.issued_item_count', 'counted.due_item_count') }} desc
        ) as rank_no,
        cast(counted.due_item_count as bigint) as due_item_count,
        cast(counted.issued_item_count as bigint) as issued_item_count,
        try_cast(
            {{ ratio('counted.issued_item_count', 'counted.due_item_count') }}
            as decimal(18, 10)
        ) as issued_rate,
        cast(thresholds.transfer_required_rate as decimal(18, 10)) as required_rate,
        cast(counted.due_amount_cny as decimal(20, 2)) as due_amount_cny,
        cast(counted.issued_amount_cny as decimal(20, 2)) as issued_amount_cny,
        counted.month_end_date,
        thresholds.parameter_version
    from counted
    left join thresholds on counted.work_year = thresholds.fiscal_year
)

select * from bulletins
