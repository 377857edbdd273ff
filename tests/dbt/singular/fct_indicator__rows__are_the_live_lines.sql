-- Every line of staging that belongs to a live project is a row of the fact, and nothing else is.
{%- set kinds = ['goal', 'monitoring', 'self_evaluation'] %}
with

lines as (
    {%- for kind in kinds %}
    select
        _filing_id,
        _source_sheet,
        _project_row,
        case when _project_row is null then project_code end as sent_project_code,
        case when _project_row is null then project_name end as sent_project_name,
        count(*) as line_count
    from {{ ref('stg_' ~ kind ~ '__indicators') }}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

groups_linked as (
    select * from {{ ref('int_indicator_groups_linked') }}
),

counted as (
    select
        sum(lines.line_count) as line_count,
        sum(lines.line_count) filter (where groups_linked.link_status is null) as lost_count,
        coalesce(
            sum(lines.line_count) filter (where groups_linked.link_status = 'live'), 0
        ) as live_count
    from lines
    left join groups_linked
        on
            lines._filing_id = groups_linked._filing_id
            and lines._source_sheet = groups_linked._source_sheet
            and lines._project_row is not distinct from groups_linked._project_row
            and lines.sent_project_code is not distinct from groups_linked.sent_project_code
            and lines.sent_project_name is not distinct from groups_linked.sent_project_name
),

facts as (
    select count(*) as fact_count from {{ ref('fct_indicator') }}
),

differing as (
    select *
    from counted
    cross join facts
    where counted.lost_count > 0 or counted.live_count <> facts.fact_count
)

select * from differing
