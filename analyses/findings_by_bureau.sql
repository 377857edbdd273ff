-- 问：各财政部门的报送中现在还有多少问题，按严重程度？
-- 读法：每行一个财政部门；错误在前；explained_count 为已有有效原因说明的警告。
-- 注意：只数现存的（is_current），重报后消除的是过去的问题；由其他问题引起的（is_derived）不另算；
-- 已豁免的不计；问题多可能只因为报得多，比较请用 data_quality_by_bureau。
with findings as (
    select * from {{ ref('fct_finding') }}
),

by_bureau as (
    select
        findings.bureau_code,
        findings.bureau_name,
        count(*) filter (where findings.severity = 'error') as error_count,
        count(*) filter (where findings.severity = 'warning') as warning_count,
        count(*) filter (where findings.severity = 'info') as info_count,
        count(*) filter (where findings.is_explained) as explained_count,
        count(distinct findings._file_sha256) as file_count,
        min(findings.first_seen) as earliest_first_seen
    from findings
    where
        findings.is_current
        and not findings.is_derived
        and findings.waiver_id is null
    group by all
)

select * from by_bureau
order by error_count desc, warning_count desc, bureau_code
