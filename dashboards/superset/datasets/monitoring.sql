-- 每个项目每次监控一行：监控两次的项目有两行。无法判断的没有灯号，单列，不算绿灯。
with
{% include 'bureau_area.sql' %}
select
    mart_deviation_flag.work_year::varchar as work_year,
    mart_deviation_flag.fiscal_year::varchar as fiscal_year,
    '第' || mart_deviation_flag.round_no || '次监控' as stage_round,
    coalesce(
        mart_deviation_flag.round_no = max(mart_deviation_flag.round_no) over (
            partition by mart_deviation_flag.work_year, mart_deviation_flag.fiscal_year
        ),
        true
    ) as is_last_round,
    row_number() over (
        partition by
            mart_deviation_flag.work_year, mart_deviation_flag.fiscal_year,
            mart_deviation_flag.round_no, mart_deviation_flag.bureau_code
        order by mart_deviation_flag.budget_cny desc nulls last, mart_deviation_flag.project_code
    ) as budget_rank,
    {{ label('tier', 'mart_deviation_flag.tier') }} as tier,
    bureau_area.prefecture,
    mart_deviation_flag.bureau_name,
    mart_deviation_flag.department_name,
    mart_deviation_flag.unit_name,
    mart_deviation_flag.project_code,
    mart_deviation_flag.project_name,
    mart_deviation_flag.project_name || ' ' || mart_deviation_flag.project_code as project,
    {{ label('fund_type', 'mart_deviation_flag.fund_type') }} as fund_type,
    coalesce(
        {{ label('light', 'mart_deviation_flag.light') }}, '{{ name('verdict', 'cannot_judge') }}'
    ) as light,
    {{ label('verdict', 'mart_deviation_flag.verdict') }} as verdict,
    mart_deviation_flag.is_warned,
    mart_deviation_flag.is_direct_fund,
    mart_deviation_flag.budget_cny,
    mart_deviation_flag.executed_cny,
    mart_deviation_flag.execution_rate,
    mart_deviation_flag.goal_completion_rate,
    mart_deviation_flag.gap,
    mart_deviation_flag.gap_threshold,
    mart_deviation_flag._source_file,
    mart_deviation_flag._source_sheet,
    mart_deviation_flag._source_row
from marts.mart_deviation_flag
left join bureau_area on mart_deviation_flag.bureau_code = bureau_area.bureau_code
