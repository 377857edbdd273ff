with

reviews as (
    select
        *,
        concat_ws(
            '|',
            coalesce(project_code, ''),
            case
                when project_code is null
                    then coalesce({{ match_text('unit_name') }}, '')
            end,
            case when project_code is null then {{ match_text('project_name') }} end
        ) as project_key,
        coalesce(unit_code, {{ match_text('unit_name') }}) as unit_key,
        coalesce(suggested_budget_cny, applied_budget_cny - cut_cny) as decided_budget_cny
    from {{ ref('fct_goal_review') }}
),

-- a cut is known where both sides are: an application without an outcome is counted, not cut
counted as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        review_type,
        stage,
        count(*) as review_count,
        count(distinct project_key) as project_count,
        count(distinct unit_key) as unit_count,
        count(*) filter (where is_third_party) as third_party_count,
        count(*) filter (where issue_count > 0) as with_issue_count,
        coalesce(sum(issue_count), 0) as issue_count,
        coalesce(sum(issue_count) filter (where rectified_date is not null), 0)
            as rectified_count,
        count(*) filter (
            where applied_budget_cny is not null and decided_budget_cny is null
        ) as undecided_count,
        coalesce(sum(applied_budget_cny), 0) as applied_cny,
        coalesce(sum(decided_budget_cny), 0) as suggested_cny,
        coalesce(sum(applied_budget_cny - decided_budget_cny), 0) as cut_cny,
        sum(applied_budget_cny) filter (where decided_budget_cny is not null)
            as decided_applied_cny
    from reviews
    group by all
),

statistics as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        review_type,
        stage,
        cast(review_count as bigint) as review_count,
        cast(project_count as bigint) as project_count,
        cast(unit_count as bigint) as unit_count,
        cast(third_party_count as bigint) as third_party_count,
        cast(with_issue_count as bigint) as with_issue_count,
        cast(issue_count as bigint) as issue_count,
        cast(rectified_count as bigint) as rectified_count,
        try_cast({{ ratio('rectified_count', 'issue_count') }} as decimal(18, 10))
            as rectified_rate,
        cast(undecided_count as bigint) as undecided_count,
        cast(applied_cny as decimal(20, 2)) as applied_cny,
        cast(suggested_cny as decimal(20, 2)) as suggested_cny,
        cast(cut_cny as decimal(20, 2)) as cut_cny,
        try_cast({{ ratio('cut_cny', 'decided_applied_cny') }} as decimal(18, 10)) as cut_rate
    from counted
)

select * from statistics
