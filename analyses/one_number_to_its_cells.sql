-- 问：由一个数字回到单元格：预警最多的财政部门第一次监控的预警项目，各自的数字来自哪个文件、哪张
-- 表、哪一行？
-- 读法：每行一个项目；按 _file_sha256 在 landing 中找到原文件，打开 _source_sheet 的第 _source_row
-- 行即是；换部门、轮次改 chosen。
-- 注意：行数就是该部门的预警数，与 mart_deviation_flag 相同；监控数字是重算的，原文件中申报的执行
-- 率可能不同（declared_execution_rate）。
with flags as (
    select * from {{ ref('mart_deviation_flag') }}
),

-- 换部门：改为 select '650100' as bureau_code, 2020 as fiscal_year, 1 as round_no
chosen as (
    select
        flags.bureau_code,
        flags.fiscal_year,
        flags.round_no
    from flags
    where flags.is_warned and flags.round_no = 1
    group by flags.bureau_code, flags.fiscal_year, flags.round_no
    order by flags.fiscal_year desc, count(*) desc, flags.bureau_code
    limit 1
),

traced as (
    select
        flags.bureau_name,
        flags.fiscal_year,
        flags.round_no,
        flags.unit_name,
        flags.project_code,
        flags.project_name,
        flags.budget_cny,
        flags.executed_cny,
        flags.execution_rate,
        flags.declared_execution_rate,
        flags.goal_completion_rate,
        flags.gap,
        flags.triggers,
        flags._file_sha256,
        flags._source_file,
        flags._source_sheet,
        flags._source_row
    from flags
    inner join chosen
        on flags.bureau_code = chosen.bureau_code
        and flags.fiscal_year = chosen.fiscal_year
        and flags.round_no = chosen.round_no
    where flags.is_warned
)

select * from traced
order by project_code
