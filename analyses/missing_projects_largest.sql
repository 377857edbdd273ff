-- 问：漏报的项目里金额最大的五十个是哪些，在哪个文件里找到过？
-- 读法：每行一个项目在一个环节的漏报；found_in_file 是它所在而未被接受的文件，空为哪里都没有；来源
-- 列指向项目清单中的那一行。
-- 注意：同一项目可能在几个环节都漏报，各占一行，金额不要跨环节相加；涉密项目不要对外。
with missing as (
    select * from {{ ref('mart_missing_project') }}
),

largest as (
    select
        missing.fiscal_year,
        missing.stage,
        missing.round_no,
        missing.bureau_name,
        missing.unit_name,
        missing.project_code,
        missing.project_name,
        missing.amount_cny,
        missing.reason,
        missing.found_in_file,
        missing.due_date,
        missing._source_file,
        missing._source_sheet,
        missing._source_row
    from missing
    where missing.is_past_due
)

select * from largest
order by amount_cny desc nulls last, project_code, stage, round_no
limit 50
