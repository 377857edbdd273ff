{#- Figures (说明数字) of Xinjiang 2020: how each is counted. -#}
{%- macro xinjiang_2020() -%}
    {{ return([
        {
            'item': 'S0-01', 'figure': 'major_task_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "task_type = '重点任务' and tier = 'region'"
        },
        {
            'item': 'S0-01', 'figure': 'sub_task_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "task_type = '子任务' and tier = 'region'"
        },
        {
            'item': 'S0-01', 'figure': 'on_time_rate',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_on_time)", "count(*)"),
            'filter': "task_type in ('重点任务', '子任务') and tier = 'region' and"
                ~ " status <> 'open'"
        },
        {
            'item': 'S0-02', 'figure': 'master_ledger_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "task_type in ('重点任务', '子任务') and tier = 'region'"
        },
        {
            'item': 'S0-02', 'figure': 'detail_ledger_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "task_type = '台账任务' and tier = 'prefecture'"
        },
        {
            'item': 'S0-02', 'figure': 'ledger_on_time_rate',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_on_time)", "count(*)"),
            'filter': "task_type = '台账任务' and status <> 'open'"
        },
        {
            'item': 'S0-02', 'figure': 'ledger_mean_score',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(score)", "count(score)"),
            'filter': "task_type = '台账任务'"
        },
        {
            'item': 'S0-03', 'figure': 'reviewed_project_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "review_type = '逐项复核'"
        },
        {
            'item': 'S0-03', 'figure': 'reviewed_rate',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where review_date is not null or conclusion"
                ~ " is not null)",
                "count(*)"
            ),
            'filter': "review_type = '逐项复核'"
        },
        {
            'item': 'S0-03', 'figure': 'rectified_rate',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where rectified_date is not null)", "count(*)"),
            'filter': "review_type = '逐项复核' and issue_count > 0"
        },
        {
            'item': 'S0-04', 'figure': 'mechanism_count',
            'table': 'fct_policy_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "document_type = '工作机制'"
        },
        {
            'item': 'S0-04', 'figure': 'method_count',
            'table': 'fct_policy_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "document_type = '管理办法'"
        },
        {
            'item': 'S0-04', 'figure': 'normative_document_count',
            'table': 'fct_policy_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "document_type = '规范性文件'"
        },
        {
            'item': 'S0-05', 'figure': 'industry_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct industry)",
            'filter': "library_class like '共性%'"
        },
        {
            'item': 'S0-05', 'figure': 'indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "library_class like '共性%'"
        },
        {
            'item': 'S0-05', 'figure': 'library_match_rate',
            'table': 'mart_library_match', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("sum(matched_count)", "sum(indicator_count)")
        },
        {
            'item': 'S0-06', 'figure': 'review_stage_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct stage)"
        },
        {
            'item': 'S0-06', 'figure': 'reviewed_material_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S0-06', 'figure': 'mean_score_rate',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(score)", "sum(full_score) filter (where score is not null)")
        },
        {
            'item': 'S0-07', 'figure': 'third_party_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "evaluation_type = '第三方评价'"
        },
        {
            'item': 'S0-07', 'figure': 'third_party_amount',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "sum(amount_cny)",
            'filter': "evaluation_type = '第三方评价'"
        },
        {
            'item': 'S0-08', 'figure': 'owed_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_owed"
        },
        {
            'item': 'S0-08', 'figure': 'assessed_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_owed and is_assessed"
        },
        {
            'item': 'S0-08', 'figure': 'assessed_rate',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_assessed)", "count(*)"),
            'filter': "is_owed"
        },
        {
            'item': 'S0-09', 'figure': 'goal_due_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due"
        },
        {
            'item': 'S0-09', 'figure': 'goal_project_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due and is_goal_done"
        },
        {
            'item': 'S0-09', 'figure': 'goal_amount',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "sum(goal_amount_cny)",
            'filter': "is_goal_due and is_goal_done"
        },
        {
            'item': 'S0-09', 'figure': 'goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due"
        },
        {
            'item': 'S0-09', 'figure': 'goal_amount_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio(
                "sum(goal_amount_cny) filter (where is_goal_done)",
                "sum(goal_amount_cny)"
            ),
            'filter': "is_goal_due"
        },
        {
            'item': 'S0-10', 'figure': 'item_count',
            'table': 'mart_transfer_goal', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct item_code)"
        },
        {
            'item': 'S0-10', 'figure': 'amount',
            'table': 'mart_transfer_goal', 'year': 'work_year', 'split': 'all',
            'measure': "sum(amount_cny)"
        },
        {
            'item': 'S0-10', 'figure': 'issued_rate',
            'table': 'mart_transfer_goal', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_issued)", "count(*)")
        },
        {
            'item': 'S0-10', 'figure': 'issued_amount_rate',
            'table': 'mart_transfer_goal', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(amount_cny) filter (where is_issued)", "sum(amount_cny)")
        },
        {
            'item': 'S0-10', 'figure': 'bulletin_count',
            'table': 'mart_transfer_bulletin', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct month_no)"
        },
        {
            'item': 'S0-11', 'figure': 'monitored_round1_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "round_no = 1"
        },
        {
            'item': 'S0-11', 'figure': 'monitored_round2_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "round_no = 2"
        },
        {
            'item': 'S0-11', 'figure': 'monitored_round1_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where concat(',', monitored_rounds, ',') like"
                ~ " '%,1,%')",
                "count(*)"
            ),
            'filter': "is_monitoring_due"
        },
        {
            'item': 'S0-11', 'figure': 'monitored_round2_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where concat(',', monitored_rounds, ',') like"
                ~ " '%,2,%')",
                "count(*)"
            ),
            'filter': "is_monitoring_due"
        },
        {
            'item': 'S0-12', 'figure': 'warned_round1_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "round_no = 1 and is_warned"
        },
        {
            'item': 'S0-12', 'figure': 'warned_round1_amount',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "sum(budget_cny)",
            'filter': "round_no = 1 and is_warned"
        },
        {
            'item': 'S0-12', 'figure': 'warned_round2_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "round_no = 2 and is_warned"
        },
        {
            'item': 'S0-12', 'figure': 'warned_round2_amount',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "sum(budget_cny)",
            'filter': "round_no = 2 and is_warned"
        },
        {
            'item': 'S0-13', 'figure': 'consecutive_count',
            'table': 'mart_consecutive_warning', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S0-13', 'figure': 'consecutive_rate',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio(
                "count(*) filter (where is_warned) - count(distinct"
                ~ " concat_ws('|', bureau_code, project_code)) filter (where"
                ~ " is_warned)",
                "count(distinct concat_ws('|', bureau_code, project_code))"
            ),
            'filter': "round_no in (1, 2)"
        },
        {
            'item': 'S0-14', 'figure': 'self_evaluation_count',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S0-14', 'figure': 'self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due"
        },
        {
            'item': 'S0-15', 'figure': 'department_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "evaluation_type = '部门评价'"
        },
        {
            'item': 'S0-15', 'figure': 'evaluated_budget_share',
            'table': 'mart_department_evaluation_share', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(evaluated_budget_cny)", "sum(project_budget_cny)")
        },
        {
            'item': 'S0-15', 'figure': 'unit_pass_rate',
            'table': 'mart_department_evaluation_share', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where verdict = 'pass')", "count(*)"),
            'filter': "verdict <> 'cannot_judge'"
        },
        {
            'item': 'S0-16', 'figure': 'aspect_count',
            'table': 'fct_review_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct aspect)",
            'filter': "stage = '自评'"
        },
        {
            'item': 'S0-16', 'figure': 'item_count',
            'table': 'fct_review_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct concat_ws('|', aspect, item))",
            'filter': "stage = '自评'"
        },
        {
            'item': 'S0-16', 'figure': 'reviewed_form_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "stage = '自评' and object_type = '自评表'"
        },
        {
            'item': 'S0-16', 'figure': 'reviewed_report_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "object_type = '评价报告'"
        },
        {
            'item': 'S0-16', 'figure': 'complete_rate',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where verdict = 'pass')", "count(*)"),
            'filter': "object_type in ('自评表', '评价报告')"
        },
        {
            'item': 'S0-17', 'figure': 'transfer_item_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct object_code)",
            'filter': "evaluation_type = '单位自评' and object_type = '专项转移支付'"
        },
        {
            'item': 'S0-17', 'figure': 'transfer_mean_score',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(score)", "count(score)"),
            'filter': "evaluation_type = '单位自评' and object_type = '专项转移支付'"
        },
        {
            'item': 'S0-17', 'figure': 'transfer_excellent_rate',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where grade = 'excellent')", "count(*)"),
            'filter': "evaluation_type = '单位自评' and object_type = '专项转移支付'"
        },
        {
            'item': 'S0-18', 'figure': 'cut_unit_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': distinct_units(),
            'filter': "cut_cny > 0 and budget_year = work_year + 1"
        },
        {
            'item': 'S0-18', 'figure': 'cut_amount',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(cut_cny)",
            'filter': "cut_cny > 0 and budget_year = work_year + 1"
        },
        {
            'item': 'S0-19', 'figure': 'low_score_project_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "score < 80 and cut_cny > 0 and budget_year = work_year + 1"
        },
        {
            'item': 'S0-19', 'figure': 'low_score_cut_amount',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(cut_cny)",
            'filter': "score < 80 and cut_cny > 0 and budget_year = work_year + 1"
        },
        {
            'item': 'S0-20', 'figure': 'goal_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_goal"
        },
        {
            'item': 'S0-20', 'figure': 'goal_unit_rate',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where has_goal)", "count(*)"),
            'filter': "is_registered"
        },
        {
            'item': 'S0-20', 'figure': 'monitored_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_monitoring"
        },
        {
            'item': 'S0-20', 'figure': 'self_evaluated_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_self_evaluation"
        },
        {
            'item': 'S0-21', 'figure': 'social_insurance_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_goal_done and fund_type = 'social_insurance'"
        },
        {
            'item': 'S0-21', 'figure': 'social_insurance_goal_amount',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(goal_amount_cny)",
            'filter': "is_goal_done and fund_type = 'social_insurance'"
        },
        {
            'item': 'S0-21', 'figure': 'state_capital_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_goal_done and fund_type = 'state_capital'"
        },
        {
            'item': 'S0-21', 'figure': 'state_capital_goal_amount',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(goal_amount_cny)",
            'filter': "is_goal_done and fund_type = 'state_capital'"
        },
        {
            'item': 'S0-21', 'figure': 'general_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'general'"
        },
        {
            'item': 'S0-21', 'figure': 'general_monitoring_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where has_monitoring)", "count(*)"),
            'filter': "is_monitoring_due and fund_type = 'general'"
        },
        {
            'item': 'S0-21', 'figure': 'general_self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due and fund_type = 'general'"
        },
        {
            'item': 'S0-21', 'figure': 'government_fund_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'government_fund'"
        },
        {
            'item': 'S0-21', 'figure': 'government_fund_monitoring_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where has_monitoring)", "count(*)"),
            'filter': "is_monitoring_due and fund_type = 'government_fund'"
        },
        {
            'item': 'S0-21', 'figure': 'government_fund_self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due and fund_type = 'government_fund'"
        },
        {
            'item': 'S0-21', 'figure': 'state_capital_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'state_capital'"
        },
        {
            'item': 'S0-21', 'figure': 'state_capital_monitoring_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where has_monitoring)", "count(*)"),
            'filter': "is_monitoring_due and fund_type = 'state_capital'"
        },
        {
            'item': 'S0-21', 'figure': 'state_capital_self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due and fund_type = 'state_capital'"
        },
        {
            'item': 'S0-21', 'figure': 'social_insurance_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'social_insurance'"
        },
        {
            'item': 'S0-21', 'figure': 'social_insurance_monitoring_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where has_monitoring)", "count(*)"),
            'filter': "is_monitoring_due and fund_type = 'social_insurance'"
        },
        {
            'item': 'S0-21', 'figure': 'social_insurance_self_evaluation_rate',
            'table': 'fct_project', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_self_evaluation_due and fund_type = 'social_insurance'"
        },
        {
            'item': 'S0-22', 'figure': 'investment_fund_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "tags like '%政府投资基金%'"
        },
        {
            'item': 'S0-22', 'figure': 'ppp_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "tags like '%PPP%'"
        },
        {
            'item': 'S0-22', 'figure': 'procurement_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "tags like '%政府采购%'"
        },
        {
            'item': 'S0-22', 'figure': 'purchased_service_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "tags like '%政府购买服务%'"
        },
        {
            'item': 'S0-22', 'figure': 'debt_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "tags like '%政府债务%'"
        },
        {
            'item': 'S0-22', 'figure': 'tagged_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and (tags like '%政府投资基金%' or tags like"
                ~ " '%PPP%' or tags like '%政府采购%' or tags like"
                ~ " '%政府购买服务%' or tags like '%政府债务%')"
        },
        {
            'item': 'S0-23', 'figure': 'goal_reviewed_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct project_code)",
            'filter': "review_type = '动态监测审核' and stage = '目标'"
        },
        {
            'item': 'S0-23', 'figure': 'monitoring_reviewed_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct project_code)",
            'filter': "review_type = '动态监测审核' and stage = '监控'"
        },
        {
            'item': 'S0-23', 'figure': 'self_evaluation_reviewed_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct project_code)",
            'filter': "review_type = '动态监测审核' and stage = '自评'"
        },
        {
            'item': 'S0-24', 'figure': 'direct_fund_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_direct_fund"
        },
        {
            'item': 'S0-24', 'figure': 'direct_fund_amount',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(annual_budget_cny)",
            'filter': "is_direct_fund"
        },
        {
            'item': 'S0-24', 'figure': 'direct_gap_count',
            'table': 'mart_direct_fund_watch', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "verdict in ('warn', 'fail')"
        },
        {
            'item': 'S0-25', 'figure': 'reviewed_department_count',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct department_name)",
            'filter': "review_type = '全面审核'"
        },
        {
            'item': 'S0-26', 'figure': 'sampled_count',
            'table': 'mart_sampling_result', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S0-26', 'figure': 'sampled_bureau_count',
            'table': 'mart_sampling_result', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)"
        },
        {
            'item': 'S0-26', 'figure': 'sampled_rate',
            'table': 'mart_sampling_check', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(sampled_count)", "sum(population_count)"),
            'filter': "frame_kind = 'monitoring'"
        },
        {
            'item': 'S0-26', 'figure': 'below_rate_bureau_count',
            'table': 'mart_sampling_check', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "frame_kind = 'monitoring' and sampled_rate < required_rate"
        },
        {
            'item': 'S0-26', 'figure': 'rectified_rate',
            'table': 'mart_sampling_result', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where rectified_date is not null)", "count(*)"),
            'filter': "returned_date is not null"
        },
        {
            'item': 'S0-27', 'figure': 'evaluated_bureau_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "evaluation_type = '实效评价'"
        },
        {
            'item': 'S0-27', 'figure': 'mean_score',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(score)", "count(score)"),
            'filter': "evaluation_type = '实效评价'"
        },
        {
            'item': 'S0-28', 'figure': 'archived_document_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "sum(document_count)"
        },
        {
            'item': 'S0-28', 'figure': 'received_document_count',
            'table': 'mart_received_document', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(document_count)"
        },
        {
            'item': 'S0-29', 'figure': 'unit_bureau_count',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "has_unit and tier in ('region', 'prefecture')"
        },
        {
            'item': 'S0-29', 'figure': 'county_bureau_count',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "tier = 'county' and (has_unit or staff_count > 0)"
        },
        {
            'item': 'S0-29', 'figure': 'institution_rate',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where has_unit or staff_count > 0)", "count(*)")
        },
        {
            'item': 'S0-30', 'figure': 'agency_count',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S0-30', 'figure': 'ranked_agency_count',
            'table': 'mart_ranking', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "ranking_kind = 'agency' and rank_no is not null"
        },
        {
            'item': 'S0-30', 'figure': 'disclosed_agency_count',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_disclosed"
        },
        {
            'item': 'S0-31', 'figure': 'deployed_bureau_count',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "is_system_deployed"
        },
        {
            'item': 'S0-31', 'figure': 'deployed_rate',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_system_deployed)", "count(*)")
        },
        {
            'item': 'S0-32', 'figure': 'session_count',
            'table': 'fct_training', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(session_count)"
        },
        {
            'item': 'S0-32', 'figure': 'person_times',
            'table': 'fct_training', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(person_times)"
        },
        {
            'item': 'S0-33', 'figure': 'published_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(published_count)"
        },
        {
            'item': 'S0-33', 'figure': 'published_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(published_count)", "sum(publishable_count)")
        },
        {
            'item': 'S0-33', 'figure': 'congress_reported_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(congress_reported_count)"
        },
        {
            'item': 'S0-34', 'figure': 'rank',
            'table': 'fct_reported_figure', 'year': 'work_year', 'split': 'all',
            'measure': "max(figure_value)",
            'filter': "item_code = 'S0-34' and figure_name like '%排名%'"
        },
        {
            'item': 'S0-34', 'figure': 'ranked_region_count',
            'table': 'fct_reported_figure', 'year': 'work_year', 'split': 'all',
            'measure': "max(figure_value)",
            'filter': "item_code = 'S0-34' and figure_name like '%参%'"
        },
        {
            'item': 'S0-34', 'figure': 'band',
            'table': 'fct_reported_figure', 'year': 'work_year', 'split': 'all',
            'is_text': true,
            'measure': "max(figure_text)",
            'filter': "item_code = 'S0-34' and figure_text is not null"
        },
        {
            'item': 'S0-35', 'figure': 'fiscal_year_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'span': 'up_to',
            'measure': "count(distinct fiscal_year)"
        },
        {
            'item': 'S0-35', 'figure': 'filed_bureau_count',
            'table': 'mart_filing_status', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "is_filed"
        },
        {
            'item': 'S0-36', 'figure': 'evaluated_bureau_count',
            'table': 'mart_fiscal_operation_score', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_evaluated"
        },
        {
            'item': 'S0-36', 'figure': 'mean_score',
            'table': 'mart_fiscal_operation_score', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(total_score)", "count(total_score)"),
            'filter': "is_evaluated"
        },
        {
            'item': 'S0-37', 'figure': 'compliance_item_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "task_type = '达标事项'"
        },
        {
            'item': 'S0-37', 'figure': 'on_time_rate',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_on_time)", "count(*)"),
            'filter': "task_type = '达标事项' and status <> 'open'"
        },
        {
            'item': 'S0-38', 'figure': 'article_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_type = '宣传稿件'"
        },
        {
            'item': 'S0-38', 'figure': 'adopted_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_type = '宣传稿件' and is_adopted"
        }
    ]) }}
{%- endmacro -%}
