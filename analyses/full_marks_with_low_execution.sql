-- 自评分 90 以上而预算执行率不足 60% 的项目（自评虚高的线索，不是结论）。
select
    mart_self_evaluation.bureau_name,
    mart_self_evaluation.unit_name,
    mart_self_evaluation.project_name,
    mart_self_evaluation.declared_score,
    mart_self_evaluation.recomputed_score,
    mart_self_evaluation.execution_rate,
    mart_self_evaluation._source_file,
    mart_self_evaluation._source_row
from {{ ref('mart_self_evaluation') }} as mart_self_evaluation
where mart_self_evaluation.declared_score >= 90 and mart_self_evaluation.execution_rate < 0.6
order by mart_self_evaluation.execution_rate
