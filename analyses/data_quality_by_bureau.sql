-- 问：哪些财政部门的数据质量最差，与报送量无关地比？
-- 读法：每行一个财政部门和一类材料；errors_per_thousand 为每千行数据的现存错误，verdict 按参数的界
-- 限。
-- 注意：没有数据行的（整份被退回）没有每千行的数，verdict 仍为 fail；登记表的 fiscal_year 是工作年
-- 度。
with quality as (
    select * from {{ ref('mart_bureau_data_quality') }}
),

worst as (
    select
        quality.work_year,
        quality.bureau_code,
        quality.bureau_name,
        quality.document_kind,
        quality.fiscal_year,
        quality.verdict,
        quality.row_count,
        quality.set_aside_row_count,
        quality.error_count,
        quality.warning_count,
        quality.fixed_count,
        quality.errors_per_thousand
    from quality
    where quality.error_count + quality.warning_count + quality.set_aside_row_count > 0
)

select * from worst
order by errors_per_thousand desc nulls first, error_count desc, warning_count desc, bureau_code
