-- 问：哪些财政部门按项目数覆盖得好、按金额却覆盖得差（大项目漏报），或者相反？
-- 读法：每行一个财政部门的一个环节；rate_gap 为项目数覆盖率减金额覆盖率，正数大说明漏的是大项目。
-- 注意：只看本级 own；金额取项目清单（目标环节为年初预算），不是申报文件中的金额；两个覆盖率的分母
-- 不同，不要平均。
with coverage as (
    select * from {{ ref('mart_stage_coverage') }}
),

compared as (
    select
        coverage.work_year,
        coverage.fiscal_year,
        coverage.stage,
        coverage.round_no,
        coverage.bureau_code,
        coverage.bureau_name,
        coverage.due_project_count,
        coverage.missing_project_count,
        coverage.coverage_rate,
        coverage.amount_coverage_rate,
        coverage.coverage_rate - coverage.amount_coverage_rate as rate_gap
    from coverage
    where
        coverage.scope = 'own'
        and coverage.fund_type = 'all'
        and coverage.coverage_rate <> coverage.amount_coverage_rate
)

select * from compared
order by abs(rate_gap) desc, work_year desc, stage, round_no, bureau_code
