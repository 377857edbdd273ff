with live as (
    {{ live_records('ex_ante_assessment', [
        ('project_code', 'project_code'),
        ('project_name', 'project_name'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('object_type', 'word'),
        ('requested_budget', 'money'),
        ('approved_budget', 'money'),
        ('necessity_score', 'score'),
        ('economy_score', 'score'),
        ('goal_score', 'score'),
        ('plan_score', 'score'),
        ('funding_score', 'score'),
        ('total_score', 'score'),
        ('grade', 'grade'),
        ('expert_count', 'count'),
        ('conclusion', 'text'),
        ('agency_name', 'text'),
        ('assessment_date', 'date')
    ], has_subject_bureau=false) }}
)

select * from live
