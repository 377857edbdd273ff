{%- set kinds = ['project_register', 'goal', 'monitoring', 'self_evaluation'] -%}
with

filings as (
    select * from {{ ref('stg_ledger__filings') }}
),

records as (
    select * from {{ ref('int_records_keyed') }}
),

overall_units as (
    select * from {{ ref('int_overall_units_keyed') }}
),

project_rows as (
    {%- for kind in kinds %}
    select
        _filing_id as filing_id,
        coalesce(
            project_code,
            {{ match_text('unit_name') }} || '|' || {{ match_text('project_name') }}
        ) as sent_key
    from {{ ref('stg_' ~ kind ~ '__projects') }}
    union all
    {%- endfor %}

    select
        filing_id,
        record_key as sent_key
    from records

    union all

    select
        filing_id,
        sent_key
    from overall_units
),

slotted as (
    select
        *,
        concat_ws('-', bureau_code, document_kind, fiscal_year, coalesce(round_no, 0)) as slot_id,
        case
            when not has_projects and has_indicators then 'indicators'
            when layout = 'form' then 'form'
            else 'list'
        end as filing_role
    from filings
),

-- a later night replaces what earlier nights sent, role by role
newest as (
    select
        slot_id,
        filing_role,
        max(batch_no) as newest_batch_no
    from slotted
    where not is_rejected
    group by all
),

-- lists of one night are parts of one export as long as they share no project
parts as (
    select
        slotted.filing_id,
        slotted.slot_id,
        row_number() over (
            partition by slotted.slot_id order by slotted.sequence_no, slotted.filing_id
        ) as part_no,
        count(*) over (partition by slotted.slot_id) as part_count
    from slotted
    inner join newest
        on
            slotted.slot_id = newest.slot_id
            and slotted.filing_role = newest.filing_role
            and slotted.batch_no = newest.newest_batch_no
    where not slotted.is_rejected and slotted.filing_role = 'list'
),

part_keys as (
    select distinct
        parts.slot_id,
        parts.part_no,
        project_rows.sent_key
    from parts
    inner join project_rows on parts.filing_id = project_rows.filing_id
    where parts.part_count > 1 and project_rows.sent_key is not null
),

repeats as (
    select
        slot_id,
        part_no,
        lag(part_no) over (partition by slot_id, sent_key order by part_no) as earlier_part_no
    from part_keys
),

first_repeats as (
    select
        parts.slot_id,
        parts.part_no,
        coalesce(max(repeats.earlier_part_no), 0) as repeated_part_no
    from parts
    left join repeats
        on parts.slot_id = repeats.slot_id and parts.part_no = repeats.part_no
    group by all
),

-- a part that repeats a project of the chain so far is a correction and starts a new chain
chains as (
    select
        slot_id,
        list_reduce(  -- noqa: PRS
            list({'start': part_no, 'repeated': repeated_part_no} order by part_no),
            lambda chain, part: {
                'start': case
                    when part.repeated >= chain.start then part.start
                    else chain.start
                end,
                'repeated': part.repeated
            }
        ).start as first_live_part_no
    from first_repeats
    group by slot_id
),

judged as (
    select
        slotted.filing_id,
        slotted.slot_id,
        slotted.bureau_code,
        slotted.document_kind,
        slotted.fiscal_year,
        slotted.round_no,
        slotted.month_no,
        slotted.layout,
        slotted.filing_role,
        slotted.state,
        slotted.is_rejected,
        slotted.batch_no,
        slotted.sequence_no,
        slotted.project_row_count,
        slotted.indicator_row_count,
        coalesce(
            case
                when slotted.is_rejected then false
                when slotted.filing_role = 'list' then parts.part_no >= chains.first_live_part_no
                when slotted.filing_role = 'indicators'
                    then slotted.batch_no = own_newest.newest_batch_no
                else slotted.batch_no >= coalesce(list_newest.newest_batch_no, 0)
            end,
            false
        ) as is_live,
        slotted.received_at,
        slotted._file_sha256,
        slotted._source_file
    from slotted
    left join parts on slotted.filing_id = parts.filing_id
    left join chains on slotted.slot_id = chains.slot_id
    left join newest as own_newest
        on slotted.slot_id = own_newest.slot_id and slotted.filing_role = own_newest.filing_role
    left join newest as list_newest
        on slotted.slot_id = list_newest.slot_id and list_newest.filing_role = 'list'
)

select * from judged
