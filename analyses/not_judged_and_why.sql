-- 「无法判断」不是通过：监控中有多少项目判不了，各是什么原因。
select
    mart_deviation_flag.round_no,
    mart_deviation_flag.cannot_judge_reason,
    count(*) as project_count
from {{ ref('mart_deviation_flag') }} as mart_deviation_flag
where mart_deviation_flag.verdict = 'cannot_judge'
group by all
order by project_count desc
