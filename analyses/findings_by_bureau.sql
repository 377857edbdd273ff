-- 各财政部门报送中的问题，按严重程度；用于催改和数据质量通报。
select
    fct_finding.bureau_code,
    fct_finding.bureau_name,
    count(*) filter (where fct_finding.severity = 'error') as error_count,
    count(*) filter (where fct_finding.severity = 'warning') as warning_count
from {{ ref('fct_finding') }} as fct_finding
group by all
order by error_count desc, warning_count desc
