-- 问：连续两次预警的项目两次各是什么情况，有没有好转，建议怎么处理？
-- 读法：每行一个项目，两次监控并列；execution_change 和 completion_change 为第二次减第一次；来源列
-- 指向第二次监控的那一行，第一次的见 first_source_file。
-- 注意：两次监控的数都是累计数，第二次通常更大，变化小就是没有推进；分类分档按参数，处理意见由财政
-- 部门定。
with warned_twice as (
    select * from {{ ref('mart_consecutive_warning') }}
),

side_by_side as (
    select
        warned_twice.fiscal_year,
        warned_twice.bureau_name,
        warned_twice.unit_name,
        warned_twice.project_code,
        warned_twice.project_name,
        warned_twice.grade_name,
        warned_twice.is_worse,
        warned_twice.first_triggers,
        warned_twice.second_triggers,
        warned_twice.second_execution_rate,
        warned_twice.second_execution_rate - warned_twice.first_execution_rate
            as execution_change,
        warned_twice.second_goal_completion_rate,
        warned_twice.second_goal_completion_rate - warned_twice.first_goal_completion_rate
            as completion_change,
        warned_twice.second_budget_cny,
        warned_twice.proposed_action,
        warned_twice.first_source_file,
        warned_twice.first_source_row,
        warned_twice._source_file,
        warned_twice._source_row
    from warned_twice
)

select * from side_by_side
order by fiscal_year desc, is_worse desc, second_budget_cny desc nulls last, project_code
