with

lines as (
    select * from {{ ref('int_indicators_judged') }}
),

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
    where document_kind <> 'project_register' and (round_no is null or round_no <= 2)
),

-- only a project with two stages has something to compare
compared_projects as (
    select
        bureau_code,
        fiscal_year,
        project_code,
        count(*) as stage_count,
        row_number() over (order by bureau_code, fiscal_year, project_code) as project_no
    from stages
    group by bureau_code, fiscal_year, project_code
    having count(*) > 1
),

stage_numbers as (
    select
        stages.slot_id,
        stages.project_code,
        compared_projects.project_no,
        compared_projects.stage_count
    from stages
    inner join compared_projects
        on
            stages.bureau_code = compared_projects.bureau_code
            and stages.fiscal_year = compared_projects.fiscal_year
            and stages.project_code = compared_projects.project_code
),

lines_numbered as (
    select
        stage_numbers.project_no,
        stage_numbers.stage_count,
        lines.level3,
        {{ value_hash(['lines.level3']) }} as level3_hash,
        case lines.document_kind
            when 'goal' then 0
            when 'self_evaluation' then 9
            else lines.round_no
        end as stage_no,
        lines.weight,
        case
            when lines.target_kind = 'quantitative' then {{ value_hash([
                'lines.target_operator', 'lines.target_number', 'lines.target_unit'
            ]) }}
            when lines.target_kind = 'qualitative'
                then {{ value_hash(["'text'", 'lines.target_text']) }}
        end as target_hash,
        case
            when
                lines.level2_type = '11'
                and lines.actual_kind = 'quantitative'
                and lines.target_operator in ('>=', '>', '=')
                then lines.actual_number
        end as quantity_reached
    from lines
    inner join stage_numbers
        on lines.slot_id = stage_numbers.slot_id and lines.project_code = stage_numbers.project_code
),

by_text as (
    select
        project_no,
        any_value(level3) as level3,
        level3_hash,
        max(stage_count) as stage_count,
        {{ stage_sides() }}
        count(*) as line_count
    from lines_numbered
    group by project_no, level3_hash
),

-- what every stage has under the same words is matched; only the rest is worth normalising
complete as (
    select * from by_text
    where
        (goal_count > 0)::integer + (monitoring_1_count > 0)::integer
        + (monitoring_2_count > 0)::integer + (self_evaluation_count > 0)::integer = stage_count
),

rest as (
    select
        lines_numbered.* exclude (level3, level3_hash),
        lines_numbered.level3 as sent_level3,
        {{ match_text('lines_numbered.level3') }} as level3
    from lines_numbered
    left join complete
        on
            lines_numbered.project_no = complete.project_no
            and lines_numbered.level3_hash = complete.level3_hash
    where complete.project_no is null
),

by_match_text as (
    select
        project_no,
        level3,
        max(stage_count) as stage_count,
        {{ stage_sides() }}
        count(*) as line_count
    from rest
    group by project_no, level3
),

grouped as (
    select * exclude (level3_hash) from complete
    union all
    select * from by_match_text
),

matched as (
    select
        compared_projects.bureau_code,
        compared_projects.fiscal_year,
        compared_projects.project_code,
        grouped.* exclude (project_no, stage_count, line_count)
    from grouped
    inner join compared_projects on grouped.project_no = compared_projects.project_no
)

select * from matched
