-- 同一预算年度连续两次预警的项目：哪个财政部门最多，涉及多少预算。
select
    mart_consecutive_warning.bureau_code,
    mart_consecutive_warning.bureau_name,
    count(*) as project_count
from {{ ref('mart_consecutive_warning') }} as mart_consecutive_warning
group by all
order by project_count desc, mart_consecutive_warning.bureau_code
