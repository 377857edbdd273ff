-- 漏报项目按环节和原因汇总：是没有报，是整份被退回，还是行被搁置。
select
    mart_missing_project.fiscal_year,
    mart_missing_project.stage,
    mart_missing_project.round_no,
    mart_missing_project.reason,
    count(*) as project_count,
    sum(mart_missing_project.amount_cny) as amount_cny
from {{ ref('mart_missing_project') }} as mart_missing_project
group by all
order by project_count desc
