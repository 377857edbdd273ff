-- 每件须催报的材料一行；没有行即没有须催报的。
with
{% include 'bureau_area.sql' %}
select
    mart_chase_list.work_year::varchar as work_year,
    mart_chase_list.fiscal_year::varchar as fiscal_year,
    mart_chase_list.fiscal_year || '年' || {{ label('document_kind', 'document_kind') }}
    || coalesce('第' || mart_chase_list.round_no || '次', '') as filing_slot,
    bureau_area.prefecture,
    mart_chase_list.bureau_name,
    mart_chase_list.chasing_bureau_name,
    {{ label('chase_reason', 'chase_reason') }} as chase_reason,
    mart_chase_list.required_action_zh,
    mart_chase_list.refused_reason_zh,
    mart_chase_list.due_date,
    mart_chase_list.overdue_days,
    mart_chase_list._source_file
from marts.mart_chase_list
left join bureau_area on mart_chase_list.bureau_code = bureau_area.bureau_code
