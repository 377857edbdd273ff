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
nights as (
    select
        slot_id,
        filing_role,
        batch_no,
        min(cast(received_at as date)) as received_date
    from slotted
    where not is_rejected
    group by all
),

replaced_nights as (
    select
        *,
        lead(batch_no) over (
            partition by slot_id, filing_role order by batch_no
        ) as next_batch_no,
        lead(received_date) over (
            partition by slot_id, filing_role order by batch_no
        ) as next_received_date
    from nights
),

-- forms give way to the first list of a later night
lists_after_forms as (
    select
        forms.slot_id,
        forms.batch_no,
        min(lists.batch_no) as next_batch_no,
        min_by(lists.received_date, lists.batch_no) as next_received_date
    from nights as forms
    inner join nights as lists
        on forms.slot_id = lists.slot_id and forms.batch_no < lists.batch_no
    where forms.filing_role = 'form' and lists.filing_role = 'list'
    group by all
),

-- lists of one night are parts of one export as long as they share no project
parts as (
    select
        filing_id,
        slot_id,
        batch_no,
        row_number() over (
            partition by slot_id, batch_no order by sequence_no, filing_id
        ) as part_no,
        count(*) over (partition by slot_id, batch_no) as part_count
    from slotted
    where not is_rejected and filing_role = 'list'
),

part_keys as (
    select distinct
        parts.slot_id,
        parts.batch_no,
        parts.part_no,
        project_rows.sent_key
    from parts
    inner join project_rows on parts.filing_id = project_rows.filing_id
    where parts.part_count > 1 and project_rows.sent_key is not null
),

repeats as (
    select
        slot_id,
        batch_no,
        part_no,
        lag(part_no) over (
            partition by slot_id, batch_no, sent_key order by part_no
        ) as earlier_part_no
    from part_keys
),

first_repeats as (
    select
        parts.slot_id,
        parts.batch_no,
        parts.part_no,
        coalesce(max(repeats.earlier_part_no), 0) as repeated_part_no
    from parts
    left join repeats
        on
            parts.slot_id = repeats.slot_id
            and parts.batch_no = repeats.batch_no
            and parts.part_no = repeats.part_no
    group by all
),

-- a part that repeats a project of the chain so far is a correction and starts a new chain
chains as (
    select
        slot_id,
        batch_no,
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
    group by slot_id, batch_no
),

-- what a filing counted for at the end of its own night, and the night that took its place
placed as (
    select
        slotted.*,
        not slotted.is_rejected
        and (slotted.filing_role <> 'list' or parts.part_no >= chains.first_live_part_no)
            as is_accepted,
        case slotted.filing_role
            when 'form' then lists_after_forms.next_batch_no
            else replaced_nights.next_batch_no
        end as next_batch_no,
        case slotted.filing_role
            when 'form' then lists_after_forms.next_received_date
            else replaced_nights.next_received_date
        end as next_received_date
    from slotted
    left join parts on slotted.filing_id = parts.filing_id
    left join chains
        on parts.slot_id = chains.slot_id and parts.batch_no = chains.batch_no
    left join replaced_nights
        on
            slotted.slot_id = replaced_nights.slot_id
            and slotted.filing_role = replaced_nights.filing_role
            and slotted.batch_no = replaced_nights.batch_no
    left join lists_after_forms
        on
            slotted.slot_id = lists_after_forms.slot_id
            and slotted.batch_no = lists_after_forms.batch_no
),

judged as (
    select
        filing_id,
        slot_id,
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        month_no,
        layout,
        filing_role,
        state,
        state_reason,
        is_rejected,
        batch_no,
        sequence_no,
        project_row_count,
        indicator_row_count,
        coalesce(is_accepted, false) as is_accepted,
        coalesce(is_accepted and next_batch_no is null, false) as is_live,
        -- a filing replaced on the day it came was live at the end of no day
        case
            when
                is_accepted
                and (
                    next_received_date is null
                    or next_received_date > cast(received_at as date)
                )
                then cast(received_at as date)
        end as live_from_date,
        case
            when
                is_accepted
                and next_received_date > cast(received_at as date)
                then cast(next_received_date - interval 1 day as date)
        end as live_to_date,
        case
            when is_rejected then null
            when is_accepted then next_batch_no
            else batch_no
        end as replaced_in_batch_no,
        received_at,
        _file_sha256,
        _source_file
    from placed
)

select * from judged
