{#- Figures (说明数字) of Zhejiang 2021: how each is counted. -#}
{%- macro zhejiang_2021() -%}
    {{ return([
        {
            'item': 'S1-01', 'figure': 'common_indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "library_class like '共性%'"
        },
        {
            'item': 'S1-01', 'figure': 'individual_indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "library_class like '个性%'"
        },
        {
            'item': 'S1-01', 'figure': 'special_indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "library_class like '专项%'"
        },
        {
            'item': 'S1-01', 'figure': 'library_match_rate',
            'table': 'mart_library_match', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("sum(matched_count)", "sum(indicator_count)")
        },
        {
            'item': 'S1-02', 'figure': 'reform_aspect_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct aspect)",
            'filter': "task_type = '改革任务'"
        },
        {
            'item': 'S1-02', 'figure': 'reform_task_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "task_type = '改革任务'"
        },
        {
            'item': 'S1-02', 'figure': 'reform_done_rate',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_done)", "count(*)"),
            'filter': "task_type = '改革任务'"
        },
        {
            'item': 'S1-02', 'figure': 'pilot_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "task_type = '试点'"
        },
        {
            'item': 'S1-02', 'figure': 'pilot_bureau_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "task_type = '试点'"
        },
        {
            'item': 'S1-03', 'figure': 'investment_assessment_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "object_type = '重大投资' and is_assessed"
        },
        {
            'item': 'S1-04', 'figure': 'required_count',
            'table': 'mart_substantive_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_required"
        },
        {
            'item': 'S1-04', 'figure': 'reviewed_count',
            'table': 'mart_substantive_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_reviewed"
        },
        {
            'item': 'S1-04', 'figure': 'reviewed_rate',
            'table': 'mart_substantive_review', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_reviewed)", "count(*)"),
            'filter': "is_required"
        },
        {
            'item': 'S1-04', 'figure': 'state_capital_reviewed_count',
            'table': 'mart_substantive_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_reviewed and fund_type = 'state_capital'"
        },
        {
            'item': 'S1-05', 'figure': 'red_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "light = 'red'"
        },
        {
            'item': 'S1-05', 'figure': 'yellow_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "light = 'yellow'"
        },
        {
            'item': 'S1-05', 'figure': 'blue_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "light in ('green', 'blue')"
        },
        {
            'item': 'S1-06', 'figure': 'self_monitored_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(distinct concat_ws('|', bureau_code, project_code))"
        },
        {
            'item': 'S1-06', 'figure': 'key_monitored_fund_count',
            'table': 'fct_special_fund', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_key_monitored"
        },
        {
            'item': 'S1-07', 'figure': 'goal_on_time_rate',
            'table': 'mart_filing_status', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_filed and not is_late)", "count(*)"),
            'filter': "document_kind = 'goal' and due_date <= as_of_date"
        },
        {
            'item': 'S1-07', 'figure': 'monitoring_on_time_rate',
            'table': 'mart_filing_status', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_filed and not is_late)", "count(*)"),
            'filter': "document_kind = 'monitoring' and due_date <= as_of_date"
        },
        {
            'item': 'S1-07', 'figure': 'poverty_monitored_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where has_monitoring)", "count(*)"),
            'filter': "is_poverty_relief and is_monitoring_due"
        },
        {
            'item': 'S1-08', 'figure': 'policy_count',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S1-08', 'figure': 'three_step_count',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "self_check_date is not null and division_review_date is not"
                ~ " null and supervision_date is not null"
        },
        {
            'item': 'S1-08', 'figure': 'three_step_rate',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where self_check_date is not null and"
                ~ " division_review_date is not null and supervision_date is not"
                ~ " null)",
                "count(*)"
            )
        },
        {
            'item': 'S1-09', 'figure': 'self_evaluation_count',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S1-09', 'figure': 'self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due"
        },
        {
            'item': 'S1-09', 'figure': 'self_evaluated_bureau_count',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'tier',
            'measure': "count(distinct bureau_code)"
        },
        {
            'item': 'S1-10', 'figure': 'spot_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '抽评'"
        },
        {
            'item': 'S1-10', 'figure': 'spot_rate',
            'table': 'mart_sampling_check', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(sampled_count)", "sum(population_count)"),
            'filter': "frame_kind = 'self_evaluation'"
        },
        {
            'item': 'S1-10', 'figure': 'random_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '抽评' and selection_method like '%随机%'"
        },
        {
            'item': 'S1-10', 'figure': 'recommended_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '抽评' and selection_method like '%推荐%'"
        },
        {
            'item': 'S1-11', 'figure': 'key_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '重点评价'"
        },
        {
            'item': 'S1-11', 'figure': 'spot_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '抽评'"
        },
        {
            'item': 'S1-12', 'figure': 'evaluated_in_cycle_rate',
            'table': 'mart_evaluation_cycle', 'year': 'work_year', 'split': 'all',
            'measure': ratio(
                "count(distinct fund_code) filter (where is_evaluated_in_cycle)",
                "count(distinct fund_code)"
            )
        },
        {
            'item': 'S1-13', 'figure': 'overall_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "object_type = '部门整体'"
        },
        {
            'item': 'S1-13', 'figure': 'overall_mean_score',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(score)", "count(score)"),
            'filter': "object_type = '部门整体'"
        },
        {
            'item': 'S1-14', 'figure': 'evaluated_bureau_count',
            'table': 'mart_fiscal_operation_score', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_evaluated"
        },
        {
            'item': 'S1-14', 'figure': 'coverage_rate',
            'table': 'mart_fiscal_operation_score', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_evaluated)", "count(*)")
        },
        {
            'item': 'S1-14', 'figure': 'automation_rate',
            'table': 'mart_indicator_automation', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(automated_count)", "sum(indicator_count)")
        },
        {
            'item': 'S1-14', 'figure': 'township_count',
            'table': 'mart_indicator_automation', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(township_count)"
        },
        {
            'item': 'S1-15', 'figure': 'special_report_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "report_type = '专报'"
        },
        {
            'item': 'S1-15', 'figure': 'instructed_report_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "report_type = '专报' and is_instructed"
        },
        {
            'item': 'S1-16', 'figure': 'stopped_budget_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "required_action_zh like '%不再安排%'"
        },
        {
            'item': 'S1-16', 'figure': 'applied_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "required_action_zh like '%不再安排%' and is_applied"
        },
        {
            'item': 'S1-17', 'figure': 'cleared_policy_count',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "action like '%清理%'"
        },
        {
            'item': 'S1-17', 'figure': 'haining_cleared_policy_count',
            'table': 'fct_policy_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "bureau_code = '330481' and action like '%清理%'"
        },
        {
            'item': 'S1-18', 'figure': 'due_problem_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': problems_due()
        },
        {
            'item': 'S1-18', 'figure': 'replied_rate',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where reply_date is not null)", "count(*)"),
            'filter': problems_due()
        },
        {
            'item': 'S1-19', 'figure': 'two_published_unit_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "published_self_evaluation_count >= 2"
        },
        {
            'item': 'S1-19', 'figure': 'two_published_unit_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where published_self_evaluation_count >= 2)",
                "count(*)"
            )
        },
        {
            'item': 'S1-19', 'figure': 'ruian_published_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(published_count)", "sum(publishable_count)"),
            'filter': "bureau_code = '330381'"
        },
        {
            'item': 'S1-20', 'figure': 'assessed_bureau_count',
            'table': 'fct_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "object_type = '地区'"
        },
        {
            'item': 'S1-21', 'figure': 'credit_agency_count',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "integrity_score is not null"
        },
        {
            'item': 'S1-21', 'figure': 'credit_mean_score',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(integrity_score)", "count(integrity_score)"),
            'filter': "integrity_score is not null"
        },
        {
            'item': 'S1-22', 'figure': 'deployed_bureau_count',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "is_system_deployed"
        },
        {
            'item': 'S1-22', 'figure': 'deployed_rate',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_system_deployed)", "count(*)")
        },
        {
            'item': 'S1-23', 'figure': 'shaoxing_insurance_bureau_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "object_type = '社会保险基金' and bureau_code like '3306%' and"
                ~ " bureau_code <> '330600'"
        },
        {
            'item': 'S1-23', 'figure': 'dinghai_bond_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "object_type = '专项债券' and bureau_code = '330902'"
        },
        {
            'item': 'S1-24', 'figure': 'congress_report_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_congress_reported"
        },
        {
            'item': 'S1-24', 'figure': 'congress_report_rate',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_congress_reported)", "count(*)"),
            'filter': "report_name is not null"
        }
    ]) }}
{%- endmacro -%}
