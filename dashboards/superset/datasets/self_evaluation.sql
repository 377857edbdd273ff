-- 每个自评项目一行。工作年度是预算年度的次年。等次和得分段按申报得分，重算得分并列。
with
{% include 'bureau_area.sql' %}
select
    mart_self_evaluation.work_year::varchar as work_year,
    mart_self_evaluation.fiscal_year::varchar as fiscal_year,
    {{ label('tier', 'mart_self_evaluation.tier') }} as tier,
    bureau_area.prefecture,
    mart_self_evaluation.bureau_name,
    mart_self_evaluation.department_name,
    mart_self_evaluation.unit_name,
    mart_self_evaluation.project_code,
    mart_self_evaluation.project_name,
    {{ label('fund_type', 'mart_self_evaluation.fund_type') }} as fund_type,
    coalesce(mart_self_evaluation.grade_name, '未评等次') as grade_name,
    case
        when mart_self_evaluation.declared_score is null then '无得分'
        when mart_self_evaluation.declared_score < 60 then '0—60'
        when mart_self_evaluation.declared_score < 70 then '60—70'
        when mart_self_evaluation.declared_score < 80 then '70—80'
        when mart_self_evaluation.declared_score < 90 then '80—90'
        when mart_self_evaluation.declared_score <= 100 then '90—100'
        else '超过100'
    end as score_band,
    {{ label('verdict', 'mart_self_evaluation.verdict') }} as verdict,
    mart_self_evaluation.is_below_80,
    mart_self_evaluation.is_below_60,
    mart_self_evaluation.declared_score,
    mart_self_evaluation.recomputed_score,
    mart_self_evaluation.score_difference,
    mart_self_evaluation.execution_rate,
    mart_self_evaluation.budget_cny,
    mart_self_evaluation.executed_cny,
    mart_self_evaluation._source_file,
    mart_self_evaluation._source_sheet,
    mart_self_evaluation._source_row
from marts.mart_self_evaluation
left join bureau_area on mart_self_evaluation.bureau_code = bureau_area.bureau_code
