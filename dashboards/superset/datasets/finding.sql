-- 每个现存问题一行：已改正的、已豁免的、由其他问题引起的不列。
-- 工作年度按所在材料；读不出年度的文件列在最新的工作年度，预算年度为空。
with
{% include 'bureau_area.sql' %},
    newest_year as (
        select max(work_year) as work_year from marts.mart_stage_coverage
        where due_project_count > 0 or done_project_count > 0
    )
select
    coalesce(mart_bureau_data_quality.work_year, newest_year.work_year)::varchar as work_year,
    fct_finding.fiscal_year::varchar as fiscal_year,
    bureau_area.prefecture,
    fct_finding.bureau_name,
    {{ label('severity', 'fct_finding.severity') }} as severity,
    fct_finding.category,
    {{ label('finding_step', 'fct_finding.step') }} as step,
    fct_finding.rule_id || ' ' || fct_finding.rule_name as rule_name,
    coalesce({{ label('document_kind', 'fct_finding.document_kind') }}, '未识别')
        as document_kind,
    fct_finding.is_explained,
    fct_finding.project_code,
    fct_finding.message_zh,
    fct_finding.how_to_fix_zh,
    fct_finding.value_found,
    fct_finding.value_expected,
    fct_finding.first_seen,
    fct_finding.source_cell,
    fct_finding._source_file,
    fct_finding._source_sheet,
    fct_finding._source_row
from quality.fct_finding
cross join newest_year
left join bureau_area on fct_finding.bureau_code = bureau_area.bureau_code
left join quality.mart_bureau_data_quality
    on fct_finding.bureau_code = mart_bureau_data_quality.bureau_code
    and fct_finding.document_kind = mart_bureau_data_quality.document_kind
    and fct_finding.fiscal_year = mart_bureau_data_quality.fiscal_year
where fct_finding.is_current and not fct_finding.is_derived and fct_finding.waiver_id is null
