{%- set kinds = ['goal', 'monitoring', 'self_evaluation'] -%}
with

filings as (
    select * from {{ ref('int_filings_live') }}
),

identified as (
    select * from {{ ref('int_projects_identified') }}
),

live as (
    select * from {{ ref('int_projects_live') }}
),

-- lines that stand in one table with their project are known by its row, others by code or name
line_groups as (
    {%- for kind in kinds %}
    select distinct
        _filing_id,
        _source_sheet,
        _project_row,
        case when _project_row is null then project_code end as sent_project_code,
        case when _project_row is null then project_name end as sent_project_name
    from {{ ref('stg_' ~ kind ~ '__indicators') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

groups_keyed as (
    select
        line_groups.*,
        filings.slot_id,
        filings.sequence_no,
        filings.is_live as is_filing_live,
        case
            when line_groups._project_row is null and line_groups.sent_project_code is null
                then {{ match_text('line_groups.sent_project_name') }}
        end as name_key
    from line_groups
    inner join filings on line_groups._filing_id = filings.filing_id
),

slot_names as (
    select
        slot_id,
        {{ match_text('project_name') }} as name_key,
        min(project_code) as project_code
    from identified
    where slot_id in (select slot_id from groups_keyed where name_key is not null)
    group by all
    having count(distinct project_code) = 1
),

groups_identified as (
    select
        groups_keyed.*,
        identified.project_row_id,
        coalesce(identified.is_live_status, true) as is_live_status,
        coalesce(
            identified.project_code,
            groups_keyed.sent_project_code,
            slot_names.project_code
        ) as project_code
    from groups_keyed
    left join identified
        on
            groups_keyed._filing_id = identified._filing_id
            and groups_keyed._source_sheet = identified._source_sheet
            and groups_keyed._project_row = identified._source_row
    left join slot_names
        on
            groups_keyed.slot_id = slot_names.slot_id
            and groups_keyed.name_key = slot_names.name_key
),

-- 0: beside its own project row, 1: by code in the same file, 2: in another live file of the slot
candidates as (
    select
        groups_identified.*,
        live.project_row_id as live_project_row_id,
        case
            when groups_identified.project_row_id = live.project_row_id then 0
            when
                groups_identified._project_row is null
                and groups_identified._filing_id = live._filing_id
                then 1
            when groups_identified._filing_id = live._filing_id then 3
            else 2
        end as link_rank
    from groups_identified
    left join live
        on
            groups_identified.slot_id = live.slot_id
            and groups_identified.project_code = live.project_code
),

ranked as (
    select
        *,
        rank() over (
            partition by
                slot_id,
                case when live_project_row_id is null then null else project_code end,
                is_filing_live and is_live_status and link_rank < 3
            order by link_rank, sequence_no desc, _filing_id
        ) as preference
    from candidates
),

linked as (
    select
        slot_id,
        project_code,
        live_project_row_id as project_row_id,
        case
            when not is_filing_live then 'superseded'
            when not is_live_status then 'project_not_live'
            when live_project_row_id is null then 'orphan'
            when link_rank = 3 then 'duplicate_project'
            when preference > 1 then 'superseded'
            else 'live'
        end as link_status,
        sent_project_code,
        sent_project_name,
        _project_row,
        _filing_id,
        _source_sheet
    from ranked
)

select * from linked
