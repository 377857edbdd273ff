with

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

pairs as (
    select * from {{ ref('int_stage_pairs_compared') }}
),

sums as (
    select * from {{ ref('int_indicators_summed') }}
),

evaluations as (
    select * from {{ ref('int_self_evaluations_recomputed') }}
),

judged as (
    select * from {{ ref('int_monitoring_judged') }}
),

second_rounds as (
    select * from judged
    where round_no = 2
),

warned_rounds as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        count(*) filter (where is_warned) as warned_count
    from judged
    where round_no in (1, 2)
    group by all
),

stories as (
    select
        evaluations.bureau_code,
        evaluations.fiscal_year,
        evaluations.project_code,
        evaluations.declared_score,
        evaluations.grade,
        evaluations.grade_name,
        evaluations.full_score,
        evaluations.unexplained_line_count,
        coalesce(second_rounds.light = 'red', false) as is_red_in_round_two,
        coalesce(second_sums.has_impossible_line, false) as has_impossible_line,
        coalesce(warned_rounds.warned_count, 0) as warned_count
    from evaluations
    left join second_rounds
        on
            evaluations.bureau_code = second_rounds.bureau_code
            and evaluations.fiscal_year = second_rounds.fiscal_year
            and evaluations.project_code = second_rounds.project_code
    left join sums as second_sums
        on
            second_sums.document_kind = 'monitoring'
            and second_sums.round_no = 2
            and evaluations.bureau_code = second_sums.bureau_code
            and evaluations.fiscal_year = second_sums.fiscal_year
            and evaluations.project_code = second_sums.project_code
    left join warned_rounds
        on
            evaluations.bureau_code = warned_rounds.bureau_code
            and evaluations.fiscal_year = warned_rounds.fiscal_year
            and evaluations.project_code = warned_rounds.project_code
),

story as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C8' as check_code,
        'fail' as verdict,
        'full_marks' as subject,
        'monitoring_2' as earlier_stage,
        'self_evaluation' as later_stage,
        {{ plain_number('declared_score') }} as value_found,
        case when has_impossible_line then '完全不可能完成' else '红灯' end as value_expected,
        null as difference
    from stories
    where declared_score >= full_score and (has_impossible_line or is_red_in_round_two)

    union all

    select
        bureau_code,
        fiscal_year,
        project_code,
        'C8' as check_code,
        'warn' as verdict,
        'grade' as subject,
        'monitoring_2' as earlier_stage,
        'self_evaluation' as later_stage,
        grade_name as value_found,
        '连续两次监控预警' as value_expected,
        null as difference
    from stories
    where warned_count = 2 and grade = 'excellent'

    union all

    select
        bureau_code,
        fiscal_year,
        project_code,
        'C8' as check_code,
        'warn' as verdict,
        'deviation_reason' as subject,
        null as earlier_stage,
        'self_evaluation' as later_stage,
        unexplained_line_count || '条未完成指标未填写原因' as value_found,
        '填写偏差原因' as value_expected,
        cast(unexplained_line_count as varchar) as difference
    from stories
    where unexplained_line_count > 0
),

goal_text as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C9' as check_code,
        'warn' as verdict,
        'overall_goal' as subject,
        earlier_stage,
        later_stage,
        left(later_goal_text, 200) as value_found,
        left(earlier_goal_text, 200) as value_expected,
        null as difference
    from pairs
    where
        later_goal_text <> earlier_goal_text
        and {{ match_text('later_goal_text') }} <> {{ match_text('earlier_goal_text') }}

    union all

    select
        bureau_code,
        fiscal_year,
        project_code,
        'C9' as check_code,
        'warn' as verdict,
        'actual_goal' as subject,
        null as earlier_stage,
        stage_name as later_stage,
        left(actual_goal, 200) as value_found,
        '填写实际完成情况，不应照抄预期目标' as value_expected,
        null as difference
    from stages
    where actual_goal = overall_goal
),

score as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C10' as check_code,
        'fail' as verdict,
        'declared_score' as subject,
        null as earlier_stage,
        'self_evaluation' as later_stage,
        {{ plain_number('declared_score') }} as value_found,
        '各项得分合计' || {{ plain_number('declared_line_score + declared_execution_score') }}
            as value_expected,
        {{ plain_number('declared_score - declared_line_score - declared_execution_score') }}
            as difference
    from evaluations
    where
        scored_line_count > 0
        and scoreless_line_count = 0
        and abs(declared_score - declared_line_score - declared_execution_score) > tolerance_score
        -- points of indicators that are missing explain a total above the sum of the others
        and not coalesce(
            declared_score > declared_line_score + declared_execution_score
            and declared_score - declared_line_score - declared_execution_score
            <= full_score - execution_weight - weight_total + tolerance_score
            and full_score - execution_weight - weight_total > tolerance_score,
            false
        )
),

failed as (
    select * from story

    union all
    select * from goal_text

    union all
    select * from score
)

select * from failed
