-- 每个财政部门每类总体一行；已抽检只计在总体内的。
with
{% include 'bureau_area.sql' %}
select
    mart_sampling_check.work_year::varchar as work_year,
    mart_sampling_check.fiscal_year::varchar as fiscal_year,
    {{ label('frame_kind', 'frame_kind') }} as frame_kind,
    {{ label('tier', 'mart_sampling_check.tier') }} as tier,
    bureau_area.prefecture,
    mart_sampling_check.bureau_name,
    {{ label('verdict', 'mart_sampling_check.verdict') }} as verdict,
    mart_sampling_check.is_required,
    mart_sampling_check.population_count,
    mart_sampling_check.required_count,
    mart_sampling_check.sampled_count,
    mart_sampling_check.outside_count
from marts.mart_sampling_check
left join bureau_area on mart_sampling_check.bureau_code = bureau_area.bureau_code
