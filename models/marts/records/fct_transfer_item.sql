with live as (
    {{ live_records('transfer_item', [
        ('item_code', 'code'),
        ('item_name', 'text'),
        ('department_name', 'unit'),
        ('document_no', 'text'),
        ('funding_level', 'text'),
        ('amount', 'money'),
        ('issue_date', 'date'),
        ('has_regional_goal', 'boolean'),
        ('has_project_goal', 'boolean'),
        ('goal_issue_date', 'date')
    ], has_subject_bureau=true) }}
)

select * from live
