{#- Figures (说明数字) of Kunming economic development zone 2021: how each is counted. -#}
{%- macro kunming_edz_2021() -%}
    {{ return([
        {
            'item': 'S3-01', 'figure': 'unit_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': distinct_units(),
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-01', 'figure': 'project_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-01', 'figure': 'applied_amount',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "sum(applied_budget_cny)",
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-01', 'figure': 'general_applied_amount',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "sum(applied_budget_cny)",
            'filter': "review_type = '财政审核' and fund_type = 'general'"
        },
        {
            'item': 'S3-01', 'figure': 'goal_amount',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(goal_amount_cny)",
            'filter': "is_goal_done"
        },
        {
            'item': 'S3-01', 'figure': 'goal_amount_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio(
                "sum(goal_amount_cny) filter (where is_goal_done)",
                "sum(goal_amount_cny)"
            ),
            'filter': "is_goal_due"
        },
        {
            'item': 'S3-02', 'figure': 'suggested_amount',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "sum(suggested_budget_cny)",
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-02', 'figure': 'cut_amount',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "sum(applied_budget_cny - suggested_budget_cny)",
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-02', 'figure': 'cut_rate',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': ratio(
                "sum(applied_budget_cny - suggested_budget_cny)",
                "sum(applied_budget_cny)"
            ),
            'filter': "review_type = '财政审核'"
        },
        {
            'item': 'S3-03', 'figure': 'unit_count',
            'table': 'fct_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': distinct_units()
        },
        {
            'item': 'S3-03', 'figure': 'project_count',
            'table': 'fct_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S3-03', 'figure': 'requested_amount',
            'table': 'fct_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "sum(requested_budget_cny)"
        },
        {
            'item': 'S3-03', 'figure': 'expert_count',
            'table': 'fct_expert_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct expert_name)"
        },
        {
            'item': 'S3-03', 'figure': 'expert_mean_score',
            'table': 'fct_expert_score', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(score)", "count(score)")
        },
        {
            'item': 'S3-03', 'figure': 'mean_score',
            'table': 'fct_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(total_score)", "count(total_score)")
        },
        {
            'item': 'S3-03', 'figure': 'excellent_count',
            'table': 'fct_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "grade = 'excellent'"
        },
        {
            'item': 'S3-04', 'figure': 'monitoring_report_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_type = '监控报告'"
        },
        {
            'item': 'S3-04', 'figure': 'two_report_unit_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "len(list_filter(map_values(histogram(coalesce(unit_code,"
                ~ " unit_name))), lambda reports: reports >= 2))",
            'filter': "report_type = '监控报告'"
        },
        {
            'item': 'S3-04', 'figure': 'monitored_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(distinct concat_ws('|', bureau_code, project_code))"
        },
        {
            'item': 'S3-05', 'figure': 'department_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价' and object_type = '部门整体'"
        },
        {
            'item': 'S3-05', 'figure': 'department_good_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价' and object_type = '部门整体' and"
                ~ " grade = 'good'"
        },
        {
            'item': 'S3-05', 'figure': 'project_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价' and object_type = '项目'"
        },
        {
            'item': 'S3-05', 'figure': 'project_amount',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "sum(amount_cny)",
            'filter': "evaluation_type = '重点评价' and object_type = '项目'"
        },
        {
            'item': 'S3-05', 'figure': 'project_excellent_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价' and object_type = '项目' and"
                ~ " grade = 'excellent'"
        },
        {
            'item': 'S3-05', 'figure': 'project_good_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价' and object_type = '项目' and"
                ~ " grade = 'good'"
        },
        {
            'item': 'S3-05', 'figure': 'excellent_rate',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where grade = 'excellent')", "count(*)"),
            'filter': "evaluation_type = '重点评价' and object_type in ('部门整体',"
                ~ " '项目')"
        },
        {
            'item': 'S3-06', 'figure': 'due_problem_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': problems_due()
        },
        {
            'item': 'S3-06', 'figure': 'replied_in_time_rate',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_replied_in_time)", "count(*)"),
            'filter': problems_due()
        },
        {
            'item': 'S3-07', 'figure': 'verified_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_verified"
        },
        {
            'item': 'S3-07', 'figure': 'open_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_open"
        },
        {
            'item': 'S3-07', 'figure': 'payment_held_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_payment_held"
        },
        {
            'item': 'S3-08', 'figure': 'support_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "required_action_zh like '%重点支持%'"
        },
        {
            'item': 'S3-08', 'figure': 'support_after_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "required_action_zh like '%整改后支持%'"
        },
        {
            'item': 'S3-08', 'figure': 'reduce_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "required_action_zh like '%压减%'"
        },
        {
            'item': 'S3-08', 'figure': 'cancel_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "required_action_zh like '%取消%'"
        },
        {
            'item': 'S3-08', 'figure': 'applied_rate',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_applied)", "count(*)"),
            'filter': "is_required"
        },
        {
            'item': 'S3-09', 'figure': 'assessed_count',
            'table': 'fct_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S3-10', 'figure': 'archived_document_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "sum(document_count)"
        },
        {
            'item': 'S3-10', 'figure': 'indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S3-11', 'figure': 'published_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': "sum(published_count)"
        },
        {
            'item': 'S3-11', 'figure': 'published_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(published_count)", "sum(publishable_count)")
        },
        {
            'item': 'S3-12', 'figure': 'accountability_count',
            'table': 'mart_accountability', 'year': 'work_year', 'split': 'all',
            'measure': distinct_units(),
            'filter': "verdict = 'fail'"
        },
        {
            'item': 'S3-13', 'figure': 'indicator_set_count',
            'table': 'fct_policy_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "document_type = '指标体系'"
        },
        {
            'item': 'S3-13', 'figure': 'session_count',
            'table': 'fct_training', 'year': 'work_year', 'split': 'all',
            'measure': "sum(session_count)"
        },
        {
            'item': 'S3-14', 'figure': 'policy_review_count',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S3-14', 'figure': 'topic_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "object_type like '专题%'"
        },
        {
            'item': 'S3-15', 'figure': 'comprehensive_report_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_type = '综合报告'"
        }
    ]) }}
{%- endmacro -%}
