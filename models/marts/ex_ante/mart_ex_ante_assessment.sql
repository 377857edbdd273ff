with

projects as (
    select * from {{ ref('fct_project') }}
    where is_registered
),

project_names as (
    select * from {{ ref('int_project_names') }}
),

assessments as (
    select
        *,
        {{ match_text('project_name') }} as name_key,
        coalesce({{ match_text('unit_name') }}, '') as unit_key
    from {{ ref('fct_ex_ante_assessment') }}
),

expert_scores as (
    select
        *,
        {{ match_text('project_name') }} as name_key
    from {{ ref('fct_expert_score') }}
    where stage is null or contains(stage, '事前')
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

bands as (
    {{ jurisdiction_rows(ref('param_grade_band')) }}
),

-- an assessment without a code is about the registered project of that unit and name
keyed as (
    select
        assessments.*,
        coalesce(
            assessments.project_code,
            project_names.project_code,
            concat_ws('|', assessments.unit_key, assessments.name_key)
        ) as object_key
    from assessments
    left join project_names
        on
            assessments.bureau_code = project_names.bureau_code
            and assessments.work_year = project_names.fiscal_year
            and assessments.unit_key = project_names.unit_key
            and assessments.name_key = project_names.name_key
),

-- assessed again in the same year: the latest assessment counts
ranked as (
    select
        *,
        row_number() over (
            partition by bureau_code, work_year, object_key
            order by
                assessment_date desc nulls last,
                _source_file desc,
                _source_sheet desc,
                _source_row desc
        ) as preference
    from keyed
),

latest as (
    select * from ranked
    where preference = 1
),

named_objects as (
    select
        bureau_code,
        work_year,
        name_key,
        max(object_key) as object_key
    from latest
    group by bureau_code, work_year, name_key
    having count(*) = 1
),

keyed_scores as (
    select
        expert_scores.bureau_code,
        expert_scores.work_year,
        coalesce(expert_scores.project_code, named_objects.object_key) as object_key,
        expert_scores.expert_name,
        expert_scores.score
    from expert_scores
    left join named_objects
        on
            expert_scores.bureau_code = named_objects.bureau_code
            and expert_scores.work_year = named_objects.work_year
            and expert_scores.name_key = named_objects.name_key
),

experts as (
    select
        bureau_code,
        work_year,
        object_key,
        count(distinct {{ match_text('expert_name') }}) as expert_count,
        {{ ratio('sum(score)', 'count(score)') }} as expert_mean_score
    from keyed_scores
    group by bureau_code, work_year, object_key
),

objects as (
    select
        coalesce(latest.work_year, projects.fiscal_year) as work_year,
        coalesce(latest.bureau_code, projects.bureau_code) as bureau_code,
        coalesce(latest.object_key, projects.project_code) as object_key,
        coalesce(projects.project_code, latest.project_code) as project_code,
        coalesce(projects.project_name, latest.project_name) as project_name,
        coalesce(projects.unit_code, latest.unit_code) as unit_code,
        coalesce(projects.unit_name, latest.unit_name) as unit_name,
        coalesce(projects.department_name, latest.department_name) as department_name,
        coalesce(
            latest.object_type,
            case when projects.project_code is not null then '项目' end
        ) as object_type,
        projects.project_code is not null as is_registered,
        coalesce(projects.is_new, false) as is_new,
        latest.record_id is not null as is_assessed,
        coalesce(latest.requested_budget_cny, projects.initial_budget_cny)
            as requested_budget_cny,
        latest.approved_budget_cny,
        latest.necessity_score,
        latest.economy_score,
        latest.goal_score,
        latest.plan_score,
        latest.funding_score,
        latest.total_score,
        latest.grade as declared_grade,
        latest.expert_count as declared_expert_count,
        latest.agency_name,
        latest.assessment_date,
        case when latest.record_id is null then projects._file_sha256 else latest._file_sha256 end
            as _file_sha256,
        case when latest.record_id is null then projects._source_file else latest._source_file end
            as _source_file,
        case
            when latest.record_id is null then projects._source_sheet
            else latest._source_sheet
        end as _source_sheet,
        case when latest.record_id is null then projects._source_row else latest._source_row end
            as _source_row
    from projects
    full outer join latest
        on
            projects.bureau_code = latest.bureau_code
            and projects.fiscal_year = latest.work_year
            and projects.project_code = latest.object_key
    where projects.is_new or latest.record_id is not null
),

judged as (
    select
        objects.*,
        coalesce(
            objects.is_new
            and coalesce(objects.requested_budget_cny, 0) >= thresholds.ex_ante_required_amount,
            false
        ) as is_owed,
        thresholds.ex_ante_required_amount as required_amount_cny,
        thresholds.parameter_version
    from objects
    left join thresholds on objects.work_year = thresholds.fiscal_year
),

assessed as (
    select
        judged.work_year,
        judged.bureau_code,
        coalesce(bureaus.bureau_name, judged.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        judged.object_key,
        judged.project_code,
        judged.project_name,
        judged.unit_code,
        judged.unit_name,
        judged.department_name,
        judged.object_type,
        judged.is_registered,
        judged.is_new,
        judged.is_owed,
        judged.is_assessed,
        judged.necessity_score is not null
        and judged.economy_score is not null
        and judged.goal_score is not null
        and judged.plan_score is not null
        and judged.funding_score is not null as has_all_aspects,
        cast(judged.requested_budget_cny as decimal(20, 2)) as requested_budget_cny,
        cast(judged.approved_budget_cny as decimal(20, 2)) as approved_budget_cny,
        cast(judged.required_amount_cny as decimal(20, 2)) as required_amount_cny,
        judged.necessity_score,
        judged.economy_score,
        judged.goal_score,
        judged.plan_score,
        judged.funding_score,
        judged.total_score,
        coalesce(judged.declared_grade, bands.grade) as grade,
        cast(coalesce(nullif(experts.expert_count, 0), judged.declared_expert_count) as bigint)
            as expert_count,
        cast(experts.expert_mean_score as decimal(9, 4)) as expert_mean_score,
        judged.agency_name,
        case
            when judged.is_assessed and judged.total_score is null then 'cannot_judge'
            when judged.is_assessed then 'pass'
            when judged.is_owed then 'fail'
            when judged.requested_budget_cny is null then 'cannot_judge'
            else 'pass'
        end as verdict,
        judged.assessment_date,
        judged.parameter_version,
        judged._file_sha256,
        judged._source_file,
        judged._source_sheet,
        judged._source_row
    from judged
    left join experts
        on
            judged.bureau_code = experts.bureau_code
            and judged.work_year = experts.work_year
            and judged.object_key = experts.object_key
    left join bands
        on
            judged.total_score >= bands.min_score
            and (
                judged.total_score < bands.max_score
                or (bands.is_max_included and judged.total_score = bands.max_score)
            )
            and judged.work_year >= coalesce(bands.valid_from_year, 0)
            and judged.work_year <= coalesce(bands.valid_to_year, 9999)
    left join bureaus
        on
            judged.bureau_code = bureaus.bureau_code
            and judged.work_year = bureaus.fiscal_year
)

select * from assessed
