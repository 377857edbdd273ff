-- 各地州市（含下辖县市区）的绩效目标覆盖率，按项目数和按金额，低的在前。
-- 注意：scope = 'with_subordinates' 已含本级，不要与 'own' 相加；金额为年初部门预算。
select
    mart_stage_coverage.bureau_name,
    mart_stage_coverage.due_project_count,
    mart_stage_coverage.done_project_count,
    mart_stage_coverage.coverage_rate,
    mart_stage_coverage.amount_coverage_rate
from {{ ref('mart_stage_coverage') }} as mart_stage_coverage
where
    mart_stage_coverage.fiscal_year = 2020
    and mart_stage_coverage.stage = 'goal'
    and mart_stage_coverage.tier = 'prefecture'
    and mart_stage_coverage.scope = 'with_subordinates'
    and mart_stage_coverage.fund_type = 'all'
order by mart_stage_coverage.coverage_rate nulls last, mart_stage_coverage.bureau_name
