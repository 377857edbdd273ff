-- 问：哪些文件的金额单位可能写错（元写成万元，或万元写成元），会使合计差多少？
-- 读法：每行一个文件；project_count 为已查出的项目数，example_zh 是其中一例的说明，逐条见
-- quality.fct_finding。
-- 注意：同一文件里没有被单独查出的行多半也是同样的单位，合计前应整份文件剔除或等重报；系统不擅自改
-- 金额，经批准的更正见 quality.mart_correction。
with findings as (
    select * from {{ ref('fct_finding') }}
),

by_file as (
    select
        findings.bureau_code,
        findings.bureau_name,
        findings.document_kind,
        findings.fiscal_year,
        findings.round_no,
        findings._source_file,
        count(distinct findings.project_code) as project_count,
        min(findings.message_zh) as example_zh,
        min(findings.how_to_fix_zh) as how_to_fix_zh
    from findings
    where findings.rule_id = 'QC-016' and findings.is_current
    group by all
)

select * from by_file
order by fiscal_year desc, document_kind, round_no, bureau_code, _source_file
