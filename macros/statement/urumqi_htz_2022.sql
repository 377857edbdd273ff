{#- Figures (说明数字) of Urumqi high-tech zone 2022: how each is counted. -#}
{%- macro urumqi_htz_2022() -%}
    {{ return([
        {
            'item': 'S4-01', 'figure': 'overall_unit_count',
            'table': 'mart_overall_expenditure', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S4-01', 'figure': 'department_project_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "not is_transfer"
        },
        {
            'item': 'S4-01', 'figure': 'transfer_project_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_transfer"
        },
        {
            'item': 'S4-01', 'figure': 'rural_project_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_poverty_relief"
        },
        {
            'item': 'S4-02', 'figure': 'scored_count',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-02', 'figure': 'necessity_mean_score',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(necessity_score)", "count(necessity_score)"),
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-02', 'figure': 'economy_mean_score',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(economy_score)", "count(economy_score)"),
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-02', 'figure': 'goal_mean_score',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(goal_score)", "count(goal_score)"),
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-02', 'figure': 'plan_mean_score',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(plan_score)", "count(plan_score)"),
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-02', 'figure': 'funding_mean_score',
            'table': 'mart_ex_ante_assessment', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(funding_score)", "count(funding_score)"),
            'filter': "has_all_aspects"
        },
        {
            'item': 'S4-03', 'figure': 'goal_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_goal_done"
        },
        {
            'item': 'S4-03', 'figure': 'self_evaluation_count',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_self_evaluation_done"
        },
        {
            'item': 'S4-03', 'figure': 'one_to_one_rate',
            'table': 'fct_project', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_self_evaluation_done)", "count(*)"),
            'filter': "is_goal_done"
        },
        {
            'item': 'S4-03', 'figure': 'library_match_rate',
            'table': 'mart_library_match', 'year': 'fiscal_year', 'split': 'all',
            'measure': ratio("sum(matched_count)", "sum(indicator_count)")
        },
        {
            'item': 'S4-04', 'figure': 'reviewed_unit_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': distinct_units(),
            'filter': "stage = '监控'"
        },
        {
            'item': 'S4-04', 'figure': 'general_reviewed_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "stage = '监控' and object_type = '一般项目'"
        },
        {
            'item': 'S4-04', 'figure': 'transfer_reviewed_count',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "stage = '监控' and object_type = '转移支付项目'"
        },
        {
            'item': 'S4-04', 'figure': 'mean_score_rate',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(score)", "sum(full_score) filter (where score is not null)"),
            'filter': "stage = '监控'"
        },
        {
            'item': 'S4-05', 'figure': 'inconsistent_project_count',
            'table': 'mart_form_consistency', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(distinct concat_ws('|', bureau_code, project_code))",
            'filter': "verdict in ('warn', 'fail')"
        },
        {
            'item': 'S4-05', 'figure': 'inconsistency_count',
            'table': 'mart_form_consistency', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "verdict in ('warn', 'fail')"
        },
        {
            'item': 'S4-06', 'figure': 'archived_object_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "count(distinct object_name)"
        },
        {
            'item': 'S4-06', 'figure': 'archived_document_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "sum(document_count)"
        },
        {
            'item': 'S4-07', 'figure': 'unit_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': distinct_units()
        },
        {
            'item': 'S4-07', 'figure': 'project_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)"
        },
        {
            'item': 'S4-07', 'figure': 'amount',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "sum(amount_cny)"
        },
        {
            'item': 'S4-07', 'figure': 'due_date',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'is_text': true,
            'measure': "cast(max(due_date) as varchar)"
        },
        {
            'item': 'S4-08', 'figure': 'normal_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "round_no = 1 and not is_warned and verdict <> 'cannot_judge'"
        },
        {
            'item': 'S4-08', 'figure': 'gap_warned_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "round_no = 1 and is_warned and triggers like '%GAP%'"
        },
        {
            'item': 'S4-08', 'figure': 'execution_warned_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "round_no = 1 and is_warned and triggers like '%LOW_EXECUTION%'"
        },
        {
            'item': 'S4-09', 'figure': 'warned_count',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "round_no = 1 and is_warned"
        },
        {
            'item': 'S4-09', 'figure': 'warned_amount',
            'table': 'mart_deviation_flag', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(budget_cny)",
            'filter': "round_no = 1 and is_warned"
        },
        {
            'item': 'S4-10', 'figure': 'recovery_count',
            'table': 'mart_recovery_list', 'year': 'fiscal_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "verdict = 'fail'"
        },
        {
            'item': 'S4-10', 'figure': 'recoverable_amount',
            'table': 'mart_recovery_list', 'year': 'fiscal_year', 'split': 'all',
            'measure': "sum(recoverable_cny)",
            'filter': "verdict = 'fail'"
        },
        {
            'item': 'S4-11', 'figure': 'below_80_count',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_below_80"
        },
        {
            'item': 'S4-11', 'figure': 'below_80_amount',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': "sum(budget_cny)",
            'filter': "is_below_80"
        },
        {
            'item': 'S4-11', 'figure': 'below_60_count',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_below_60"
        },
        {
            'item': 'S4-11', 'figure': 'below_60_amount',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': "sum(budget_cny)",
            'filter': "is_below_60"
        },
        {
            'item': 'S4-11', 'figure': 'disclosed_rate',
            'table': 'mart_self_evaluation', 'year': 'fiscal_year + 1', 'split': 'all',
            'measure': ratio("count(*) filter (where is_disclosed)", "count(*)")
        },
        {
            'item': 'S4-12', 'figure': 'mean_failure_rate',
            'table': 'mart_unit_self_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(failure_rate)", "count(failure_rate)")
        },
        {
            'item': 'S4-12', 'figure': 'failing_unit_count',
            'table': 'mart_unit_self_evaluation', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "failure_rate > 0"
        },
        {
            'item': 'S4-13', 'figure': 'ranked_unit_count',
            'table': 'mart_ranking', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "ranking_kind = 'unit' and rank_no is not null"
        },
        {
            'item': 'S4-13', 'figure': 'summary_report_count',
            'table': 'fct_report_register', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_type = '总结报告'"
        },
        {
            'item': 'S4-14', 'figure': 'application_count',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_applied"
        },
        {
            'item': 'S4-14', 'figure': 'cut_amount',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "sum(cut_cny)",
            'filter': "is_applied"
        },
        {
            'item': 'S4-14', 'figure': 'recovered_amount',
            'table': 'mart_result_application', 'year': 'work_year', 'split': 'all',
            'measure': "sum(recovered_cny)",
            'filter': "is_applied"
        },
        {
            'item': 'S4-15', 'figure': 'signed_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "is_signed"
        },
        {
            'item': 'S4-15', 'figure': 'signed_rate',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_signed)", "count(*)")
        },
        {
            'item': 'S4-16', 'figure': 'goal_third_party_rate',
            'table': 'fct_goal_review', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_third_party)", "count(*)")
        },
        {
            'item': 'S4-16', 'figure': 'monitoring_third_party_rate',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_third_party)", "count(*)"),
            'filter': "stage = '监控'"
        },
        {
            'item': 'S4-16', 'figure': 'evaluation_third_party_rate',
            'table': 'mart_review_score', 'year': 'work_year', 'split': 'all',
            'measure': ratio("count(*) filter (where is_third_party)", "count(*)"),
            'filter': "stage in ('自评', '评价')"
        },
        {
            'item': 'S4-17', 'figure': 'preliminary_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "preliminary_finding is not null"
        },
        {
            'item': 'S4-17', 'figure': 'exchanged_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "exchange_date is not null"
        },
        {
            'item': 'S4-17', 'figure': 'concluded_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "conclusion is not null"
        },
        {
            'item': 'S4-17', 'figure': 'reported_count',
            'table': 'fct_onsite_check', 'year': 'work_year', 'split': 'all',
            'measure': "count(*)",
            'filter': "report_date is not null"
        },
        {
            'item': 'S4-18', 'figure': 'survey_sample_count',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': "sum(survey_sample_count)"
        },
        {
            'item': 'S4-18', 'figure': 'satisfaction_rate',
            'table': 'fct_archive_catalogue', 'year': 'work_year', 'split': 'all',
            'measure': ratio(
                "sum(satisfaction_rate * survey_sample_count)",
                "sum(survey_sample_count) filter (where satisfaction_rate is"
                ~ " not null)"
            ),
            'filter': "survey_sample_count > 0"
        },
        {
            'item': 'S4-19', 'figure': 'published_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': "sum(published_count)"
        },
        {
            'item': 'S4-19', 'figure': 'published_rate',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': ratio("sum(published_count)", "sum(publishable_count)")
        },
        {
            'item': 'S4-19', 'figure': 'published_self_evaluation_count',
            'table': 'mart_disclosure_check', 'year': 'work_year', 'split': 'all',
            'measure': "sum(published_self_evaluation_count)"
        }
    ]) }}
{%- endmacro -%}
