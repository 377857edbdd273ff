-- 每份抽检材料一行；预算年度是材料所属的年度。
with
{% include 'bureau_area.sql' %}
select
    mart_sampling_result.work_year::varchar as work_year,
    mart_sampling_result.evaluated_year::varchar as fiscal_year,
    bureau_area.prefecture,
    mart_sampling_result.bureau_name,
    mart_sampling_result.unit_name,
    mart_sampling_result.project_name,
    {{ label('verdict', 'mart_sampling_result.verdict') }} as verdict,
    mart_sampling_result.has_problem,
    mart_sampling_result.is_rectified,
    mart_sampling_result.is_overdue,
    mart_sampling_result.problem,
    mart_sampling_result.original_score,
    mart_sampling_result.recheck_score,
    mart_sampling_result.due_date,
    mart_sampling_result.rectified_date,
    mart_sampling_result._source_file,
    mart_sampling_result._source_sheet,
    mart_sampling_result._source_row
from marts.mart_sampling_result
left join bureau_area on mart_sampling_result.bureau_code = bureau_area.bureau_code
