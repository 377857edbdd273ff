with

lines as (
    select * from {{ ref('int_indicator_lines_matched') }}
),

sums as (
    select * from {{ ref('int_indicators_summed') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

indicators as (
    {%- for later in ['monitoring_1', 'monitoring_2', 'self_evaluation'] %}
    select
        lines.bureau_code,
        lines.fiscal_year,
        lines.project_code,
        'C5' as check_code,
        'warn' as verdict,
        'indicators' as subject,
        'goal' as earlier_stage,
        '{{ later }}' as later_stage,
        concat_ws(
            '；',
            case
                when bool_or({{ later }}_count = 0)
                    then '缺少' || count(*) filter (where {{ later }}_count = 0) || '条，如「'
                        || min(lines.level3) filter (where {{ later }}_count = 0) || '」'
            end,
            case
                when bool_or(goal_count = 0)
                    then '增加' || count(*) filter (where goal_count = 0) || '条，如「'
                        || min(lines.level3) filter (where goal_count = 0) || '」'
            end,
            case
                when bool_or(coalesce({{ later }}_target <> goal_target, false))
                    then '指标值变化'
                        || count(*) filter (where {{ later }}_target <> goal_target) || '条，如「'
                        || min(lines.level3) filter (where {{ later }}_target <> goal_target) || '」'
            end
        ) as value_found,
        '与绩效目标表指标一致' as value_expected,
        cast(count(*) as varchar) as difference
    from lines
    inner join sums as goal_sums
        on
            goal_sums.document_kind = 'goal'
            and lines.bureau_code = goal_sums.bureau_code
            and lines.fiscal_year = goal_sums.fiscal_year
            and lines.project_code = goal_sums.project_code
    inner join sums as later_sums
        on
            '{{ later }}' = case
                when later_sums.document_kind = 'monitoring'
                    then 'monitoring_' || later_sums.round_no
                else later_sums.document_kind
            end
            and lines.bureau_code = later_sums.bureau_code
            and lines.fiscal_year = later_sums.fiscal_year
            and lines.project_code = later_sums.project_code
    where
        goal_count + {{ later }}_count > 0
        and (
            ({{ later }}_count = 0) <> (goal_count = 0)
            or (goal_count = 1 and {{ later }}_count = 1 and {{ later }}_target <> goal_target)
        )
    group by lines.bureau_code, lines.fiscal_year, lines.project_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

weights as (
    select
        lines.bureau_code,
        lines.fiscal_year,
        lines.project_code,
        'C6' as check_code,
        'fail' as verdict,
        'weight' as subject,
        'goal' as earlier_stage,
        'self_evaluation' as later_stage,
        count(*) || '条指标分值不一致，如「' || min(lines.level3) || '」'
        || {{ plain_number('min_by(lines.self_evaluation_weight, lines.level3)') }} as value_found,
        {{ plain_number('min_by(lines.goal_weight, lines.level3)') }} as value_expected,
        null as difference
    from lines
    inner join sums as goal_sums
        on
            goal_sums.document_kind = 'goal'
            and lines.bureau_code = goal_sums.bureau_code
            and lines.fiscal_year = goal_sums.fiscal_year
            and lines.project_code = goal_sums.project_code
    inner join sums as evaluation_sums
        on
            evaluation_sums.document_kind = 'self_evaluation'
            and lines.bureau_code = evaluation_sums.bureau_code
            and lines.fiscal_year = evaluation_sums.fiscal_year
            and lines.project_code = evaluation_sums.project_code
    left join thresholds on lines.fiscal_year = thresholds.fiscal_year
    where
        lines.goal_count = 1
        and lines.self_evaluation_count = 1
        and abs(lines.self_evaluation_weight - lines.goal_weight) > thresholds.tolerance_weight
        and abs(
            lines.self_evaluation_weight * goal_sums.weight_total
            - lines.goal_weight * evaluation_sums.weight_total
        ) > 0.5 * goal_sums.weight_total
    group by lines.bureau_code, lines.fiscal_year, lines.project_code
),

progress as (
    {%- for earlier, later in [
        ('monitoring_1', 'monitoring_2'), ('monitoring_2', 'self_evaluation')
    ] %}
    select
        bureau_code,
        fiscal_year,
        project_code,
        'C7' as check_code,
        'fail' as verdict,
        'actual_number' as subject,
        '{{ earlier }}' as earlier_stage,
        '{{ later }}' as later_stage,
        count(*) || '条数量指标倒退，如「' || min(level3) || '」'
        || {{ plain_number('min_by(' ~ later ~ '_reached, level3)') }} as value_found,
        '不低于 ' || {{ plain_number('min_by(' ~ earlier ~ '_reached, level3)') }} as value_expected,
        cast(min_by({{ later }}_reached - {{ earlier }}_reached, level3) as varchar) as difference
    from lines
    where
        {{ earlier }}_count = 1
        and {{ later }}_count = 1
        and {{ later }}_reached < {{ earlier }}_reached
    group by bureau_code, fiscal_year, project_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

failed as (
    select * from indicators

    union all
    select * from weights

    union all
    select * from progress
)

select * from failed
