-- 一个预算年度两次监控都预警的项目，每个一行。
with
{% include 'bureau_area.sql' %}
select
    mart_consecutive_warning.work_year::varchar as work_year,
    mart_consecutive_warning.fiscal_year::varchar as fiscal_year,
    bureau_area.prefecture,
    mart_consecutive_warning.bureau_name,
    mart_consecutive_warning.unit_name,
    mart_consecutive_warning.project_code,
    mart_consecutive_warning.project_name,
    {{ label('fund_type', 'mart_consecutive_warning.fund_type') }} as fund_type,
    mart_consecutive_warning.grade_name,
    mart_consecutive_warning.is_worse,
    mart_consecutive_warning.second_budget_cny,
    mart_consecutive_warning.first_execution_rate,
    mart_consecutive_warning.second_execution_rate,
    mart_consecutive_warning.first_goal_completion_rate,
    mart_consecutive_warning.second_goal_completion_rate,
    mart_consecutive_warning.second_gap,
    mart_consecutive_warning.proposed_action,
    mart_consecutive_warning._source_file,
    mart_consecutive_warning._source_sheet,
    mart_consecutive_warning._source_row
from marts.mart_consecutive_warning
left join bureau_area on mart_consecutive_warning.bureau_code = bureau_area.bureau_code
