with live as (
    {{ live_records('budget_adjustment', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('adjustment_date', 'date'),
        ('before_budget', 'money'),
        ('after_budget', 'money'),
        ('has_adjusted_goal', 'boolean'),
        ('is_goal_reviewed', 'boolean'),
        ('reason', 'text')
    ], has_subject_bureau=false) }}
)

select * from live
