-- 问：哪些规则违反得最多，多少已经改好，多少还在？
-- 读法：每行一条规则和一类材料；current_count 为现存，fixed_count 为随重报消除的；bureau_count 为
-- 涉及的财政部门数，涉及面宽的往往是模板或培训的问题。
-- 注意：同一问题（finding_key）在先后几份文件中是几行，所以按问题编号去重；由其他问题引起的不计。
with findings as (
    select * from {{ ref('fct_finding') }}
),

problems as (
    select
        findings.rule_id,
        any_value(findings.rule_name) as rule_name,
        any_value(findings.severity) as severity,
        findings.document_kind,
        findings.bureau_code,
        findings.finding_key,
        bool_or(findings.is_current) as is_current
    from findings
    where not findings.is_derived
    group by
        findings.rule_id, findings.document_kind, findings.bureau_code, findings.finding_key
),

by_rule as (
    select
        problems.rule_id,
        any_value(problems.rule_name) as rule_name,
        any_value(problems.severity) as severity,
        problems.document_kind,
        count(*) filter (where problems.is_current) as current_count,
        count(*) filter (where not problems.is_current) as fixed_count,
        count(distinct problems.bureau_code) as bureau_count
    from problems
    group by problems.rule_id, problems.document_kind
)

select * from by_rule
order by current_count desc, fixed_count desc, rule_id, document_kind
