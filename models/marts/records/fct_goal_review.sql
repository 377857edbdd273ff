with live as (
    {{ live_records('goal_review', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('fund_type', 'fund_type'),
        ('project_year', 'year'),
        ('stage', 'word'),
        ('review_type', 'word'),
        ('applied_budget', 'money'),
        ('suggested_budget', 'money'),
        ('cut', 'money'),
        ('review_score', 'score'),
        ('conclusion', 'text'),
        ('is_third_party', 'boolean'),
        ('issue_count', 'count'),
        ('push_date', 'date'),
        ('rectified_date', 'date'),
        ('review_date', 'date')
    ], has_subject_bureau=false) }}
)

select * from live
