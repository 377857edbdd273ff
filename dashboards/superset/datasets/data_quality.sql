-- 有数据或有问题的每个财政部门、材料、年度一行。
with
{% include 'bureau_area.sql' %}
select
    mart_bureau_data_quality.work_year::varchar as work_year,
    mart_bureau_data_quality.fiscal_year::varchar as fiscal_year,
    bureau_area.prefecture,
    mart_bureau_data_quality.bureau_name,
    {{ label('tier', 'mart_bureau_data_quality.tier') }} as tier,
    {{ label('document_kind', 'document_kind') }} as document_kind,
    mart_bureau_data_quality.row_count,
    mart_bureau_data_quality.set_aside_row_count,
    mart_bureau_data_quality.error_count,
    mart_bureau_data_quality.warning_count,
    mart_bureau_data_quality.info_count,
    mart_bureau_data_quality.waived_count,
    mart_bureau_data_quality.explained_count,
    mart_bureau_data_quality.fixed_count,
    {{ label('verdict', 'verdict') }} as verdict
from quality.mart_bureau_data_quality
left join bureau_area on mart_bureau_data_quality.bureau_code = bureau_area.bureau_code
