-- 只取本级、全部资金的行，任意几个财政部门都可以相加（含下级的行已经包括本级，不能再加）。
-- 没有应报也没有已报的不列，以免还没有开始的年度成为最新年度。
with
{% include 'bureau_area.sql' %}
select
    mart_stage_coverage.work_year::varchar as work_year,
    mart_stage_coverage.fiscal_year::varchar as fiscal_year,
    case mart_stage_coverage.stage
        when 'goal' then '1 {{ name('stage', 'goal') }}'
        when 'monitoring'
            then '2 {{ name('stage', 'monitoring') }}第' || mart_stage_coverage.round_no || '次'
        else '3 {{ name('stage', 'self_evaluation') }}'
    end as stage_round,
    {{ label('stage', 'mart_stage_coverage.stage') }} as stage,
    {{ label('tier', 'mart_stage_coverage.tier') }} as tier,
    bureau_area.prefecture,
    mart_stage_coverage.bureau_name,
    mart_stage_coverage.due_project_count,
    mart_stage_coverage.done_project_count,
    mart_stage_coverage.missing_project_count,
    mart_stage_coverage.due_amount_cny,
    mart_stage_coverage.done_amount_cny,
    mart_stage_coverage.due_date,
    mart_stage_coverage.as_of_date
from marts.mart_stage_coverage
left join bureau_area on mart_stage_coverage.bureau_code = bureau_area.bureau_code
where mart_stage_coverage.scope = 'own' and mart_stage_coverage.fund_type = 'all'
    and (mart_stage_coverage.due_project_count > 0 or mart_stage_coverage.done_project_count > 0)
