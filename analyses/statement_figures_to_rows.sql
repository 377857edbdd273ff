-- 问：情况说明里的每个数字由哪些行得出：要核对的 SQL 是什么？
-- 读法：每行一个数字；把 rows_sql 复制出来执行就得到它背后的行，value_sql 得到换算单位之前的数值。
-- 注意：basis 为 registered 的是按依据文件登记的，not_computable 的没有材料可算（note_zh 写原
-- 因），两者都没有可核对的行。
with figures as (
    select * from {{ ref('mart_annual_statement') }}
),

-- 换年度：改为 select 2020 as work_year
chosen as (
    select max(figures.work_year) as work_year
    from figures
    where figures.basis = 'computed' and figures.value > 0
),

traced as (
    select
        figures.item_code,
        figures.sort_no,
        figures.label_zh,
        figures.split,
        figures.value,
        figures.value_text,
        figures.unit_zh,
        figures.basis,
        figures.note_zh,
        'select * from marts.' || figures.drill_table || ' where ' || figures.drill_filter
            as rows_sql,
        'select ' || figures.drill_measure || ' from marts.' || figures.drill_table
        || ' where ' || figures.drill_filter as value_sql
    from figures
    inner join chosen on figures.work_year = chosen.work_year
    where figures.split = 'all'
)

select * from traced
order by sort_no
