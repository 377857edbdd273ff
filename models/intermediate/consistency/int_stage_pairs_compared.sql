with

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- the goal answers for the project; where there is none, the register
pairs as (
    select
        later.bureau_code,
        later.fiscal_year,
        later.project_code,
        earlier.stage_name as earlier_stage,
        later.stage_name as later_stage,
        later.document_kind,
        later.round_no,
        earlier.project_name as earlier_project_name,
        later.project_name as later_project_name,
        earlier.unit_name as earlier_unit_name,
        later.unit_name as later_unit_name,
        earlier.department_name as earlier_department_name,
        later.department_name as later_department_name,
        earlier.overall_goal as earlier_goal_text,
        later.overall_goal as later_goal_text,
        later.actual_goal as later_actual_text,
        earlier.initial_budget_cny as earlier_initial_budget_cny,
        later.initial_budget_cny as later_initial_budget_cny,
        thresholds.tolerance_money_cny,
        thresholds.money_unit_suspect_ratio,
        earlier._source_file as earlier_source_file,
        earlier._source_sheet as earlier_source_sheet,
        earlier._source_row as earlier_source_row,
        later._filing_id,
        later._file_sha256,
        later._source_file,
        later._source_sheet,
        later._source_row
    from stages as later
    inner join stages as earlier
        on
            later.bureau_code = earlier.bureau_code
            and later.fiscal_year = earlier.fiscal_year
            and later.project_code = earlier.project_code
            and earlier.stage_name = case when later.has_goal then 'goal' else 'register' end
            and later.stage_order > earlier.stage_order
    left join thresholds on later.fiscal_year = thresholds.fiscal_year
    where
        later.project_name <> earlier.project_name
        or later.unit_name <> earlier.unit_name
        or later.department_name <> earlier.department_name
        or later.overall_goal <> earlier.overall_goal
        or later.initial_budget_cny <> earlier.initial_budget_cny
)

select * from pairs
