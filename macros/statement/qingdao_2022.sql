{#- Figures (说明数字) of Qingdao 2020-2022: how each is counted. -#}
{%- macro qingdao_2022() -%}
    {{ return([
        {
            'item': 'S2-01', 'figure': 'goal_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_goal"
        },
        {
            'item': 'S2-01', 'figure': 'goal_unit_rate',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where has_goal)", "count(*)"),
            'filter': "is_registered"
        },
        {
            'item': 'S2-02', 'figure': 'monitored_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_monitoring"
        },
        {
            'item': 'S2-02', 'figure': 'self_evaluated_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "has_self_evaluation"
        },
        {
            'item': 'S2-02', 'figure': 'department_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "object_type = '部门整体' and evaluation_type = '部门评价'"
        },
        {
            'item': 'S2-02', 'figure': 'finance_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "object_type = '部门整体' and evaluation_type = '财政评价'"
        },
        {
            'item': 'S2-03', 'figure': 'government_evaluation_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "object_type = '下级政府'"
        },
        {
            'item': 'S2-03', 'figure': 'evaluated_bureau_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct bureau_code)",
            'filter': "object_type = '下级政府'"
        },
        {
            'item': 'S2-04', 'figure': 'owed_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_owed"
        },
        {
            'item': 'S2-04', 'figure': 'assessed_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_owed and is_assessed"
        },
        {
            'item': 'S2-04', 'figure': 'assessed_rate',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_assessed)", "count(*)"),
            'filter': "is_owed"
        },
        {
            'item': 'S2-05', 'figure': 'general_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due and is_goal_done and fund_type = 'general'"
        },
        {
            'item': 'S2-05', 'figure': 'general_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'general'"
        },
        {
            'item': 'S2-05', 'figure': 'government_fund_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due and is_goal_done and fund_type = 'government_fund'"
        },
        {
            'item': 'S2-05', 'figure': 'government_fund_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'government_fund'"
        },
        {
            'item': 'S2-05', 'figure': 'state_capital_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due and is_goal_done and fund_type = 'state_capital'"
        },
        {
            'item': 'S2-05', 'figure': 'state_capital_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'state_capital'"
        },
        {
            'item': 'S2-05', 'figure': 'social_insurance_goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_goal_due and is_goal_done and fund_type ="
                ~ " 'social_insurance'"
        },
        {
            'item': 'S2-05', 'figure': 'social_insurance_goal_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_done)", "count(*)"),
            'filter': "is_goal_due and fund_type = 'social_insurance'"
        },
        {
            'item': 'S2-06', 'figure': 'adjustment_count',
            'table': 'fct_budget_adjustment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S2-06', 'figure': 'adjusted_goal_rate',
            'table': 'fct_budget_adjustment', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where has_adjusted_goal)", "count(*)")
        },
        {
            'item': 'S2-06', 'figure': 'goal_reviewed_rate',
            'table': 'fct_budget_adjustment', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_goal_reviewed)", "count(*)"),
            'filter': "has_adjusted_goal"
        },
        {
            'item': 'S2-07', 'figure': 'key_monitored_fund_count',
            'table': 'fct_special_fund', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_key_monitored"
        },
        {
            'item': 'S2-07', 'figure': 'key_monitored_in_cycle_rate',
            'table': 'mart_key_monitoring', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_key_monitored_in_cycle)", "count(*)")
        },
        {
            'item': 'S2-08', 'figure': 'monitored_bureau_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)"
        },
        {
            'item': 'S2-08', 'figure': 'monitored_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'tier',
            'measure': "count(distinct concat_ws('|', bureau_code, project_code))"
        },
        {
            'item': 'S2-09', 'figure': 'self_scored_fund_count',
            'table': 'fct_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct object_code)",
            'filter': "evaluation_type = '单位自评' and object_type = '专项资金'"
        },
        {
            'item': 'S2-09', 'figure': 'fund_count',
            'table': 'fct_special_fund', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S2-10', 'figure': 'department_evaluated_share',
            'table': 'mart_evaluation_cycle_share', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(evaluated_count)", "sum(fund_count)"),
            'filter': "evaluation_type = '部门评价'"
        },
        {
            'item': 'S2-10', 'figure': 'department_cycle_share',
            'table': 'mart_evaluation_cycle_share', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(cycle_evaluated_count)", "sum(fund_count)"),
            'filter': "evaluation_type = '部门评价'"
        },
        {
            'item': 'S2-10', 'figure': 'finance_evaluated_share',
            'table': 'mart_evaluation_cycle_share', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(evaluated_count)", "sum(fund_count)"),
            'filter': "evaluation_type = '财政评价'"
        },
        {
            'item': 'S2-10', 'figure': 'finance_cycle_share',
            'table': 'mart_evaluation_cycle_share', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(cycle_evaluated_count)", "sum(fund_count)"),
            'filter': "evaluation_type = '财政评价'"
        },
        {
            'item': 'S2-11', 'figure': 'application_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_applied"
        },
        {
            'item': 'S2-11', 'figure': 'required_applied_rate',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_applied)", "count(*)"),
            'filter': "is_required"
        },
        {
            'item': 'S2-12', 'figure': 'congress_reported_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(congress_reported_count)"
        },
        {
            'item': 'S2-12', 'figure': 'published_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': "sum(published_count)"
        },
        {
            'item': 'S2-12', 'figure': 'published_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("sum(published_count)", "sum(publishable_count)")
        },
        {
            'item': 'S2-13', 'figure': 'special_indicator_count',
            'table': 'fct_indicator_library', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "library_class like '专项%'"
        },
        {
            'item': 'S2-14', 'figure': 'deployed_bureau_count',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': "count(distinct bureau_code)",
            'filter': "is_system_deployed"
        },
        {
            'item': 'S2-14', 'figure': 'deployed_rate',
            'table': 'fct_institution', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_system_deployed)", "count(*)")
        },
        {
            'item': 'S2-15', 'figure': 'agency_count',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "quality_score is not null"
        },
        {
            'item': 'S2-15', 'figure': 'agency_mean_score',
            'table': 'fct_agency', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(quality_score)", "count(quality_score)"),
            'filter': "quality_score is not null"
        },
        {
            'item': 'S2-16', 'figure': 'assessed_count',
            'table': 'fct_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S2-16', 'figure': 'bulletined_count',
            'table': 'fct_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "is_bulletined"
        },
        {
            'item': 'S2-16', 'figure': 'rectify_due_count',
            'table': 'fct_assessment', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "rectify_due_date is not null"
        },
        {
            'item': 'S2-16', 'figure': 'audit_problem_count',
            'table': 'mart_rectification', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)",
            'filter': "source_type like '%审计%'"
        },
        {
            'item': 'S2-17', 'figure': 'task_count',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': "count(*)"
        },
        {
            'item': 'S2-17', 'figure': 'due_done_rate',
            'table': 'mart_work_task', 'year': 'work_year', 'split': 'tier',
            'measure': ratio("count(*) filter (where is_done)", "count(*)"),
            'filter': "status <> 'open'"
        }
    ]) }}
{%- endmacro -%}
