with

slots as (
    select * from {{ ref('int_filing_slots') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

quarantined as (
    select * from {{ ref('int_receipts_quarantined') }}
    where filing_id is null
),

live as (
    select * from {{ ref('int_projects_live') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
),

-- what is waived is no warning; faults that were only counted, not listed, still are
waived_filings as (
    select _filing_id
    from findings
    where severity in ('error', 'warning') and found_by <> 'build'
    group by _filing_id
    having bool_and(waiver_id is not null)
),

filed as (
    select
        slot_id,
        count(*) as filing_count,
        count(*) filter (where is_live) as live_filing_count,
        count(*) filter (where is_rejected) as rejected_filing_count,
        count(*) filter (where not is_rejected and not is_live) as superseded_filing_count,
        min(received_at) filter (where not is_rejected) as first_accepted_at,
        max(received_at) filter (where is_live) as received_at,
        max(received_at) as last_received_at,
        bool_or(
            is_live
            and state = 'filed_with_warnings'
            and filing_id not in (
                select _filing_id from waived_filings
                where _filing_id is not null
            )
        ) as has_warnings,
        coalesce(sum(project_row_count) filter (where is_live), 0) as live_project_row_count,
        coalesce(sum(indicator_row_count) filter (where is_live), 0) as live_indicator_row_count,
        max_by(sequence_no, sequence_no) filter (where is_rejected)
        > coalesce(max_by(sequence_no, sequence_no) filter (where is_live), 0)
            as is_last_filing_rejected,
        max_by(filing_id, sequence_no) filter (where is_live) as live_filing_id,
        max_by(_file_sha256, sequence_no) filter (where is_live) as live_file_sha256,
        max_by(_source_file, sequence_no) filter (where is_live) as live_source_file
    from filings
    group by slot_id
),

refused as (
    select
        slots.slot_id,
        count(distinct quarantined._file_sha256) as quarantined_file_count,
        max(quarantined.received_at) as refused_at
    from slots
    inner join quarantined
        on
            slots.bureau_code = quarantined.bureau_code
            and slots.document_kind = quarantined.document_kind
            and slots.fiscal_year = coalesce(quarantined.fiscal_year, slots.fiscal_year)
            and slots.round_no
            is not distinct from coalesce(quarantined.round_no, slots.round_no)
    group by slots.slot_id
),

projects as (
    select
        slot_id,
        count(*) as project_count
    from live
    group by slot_id
),

found as (
    select
        concat_ws(
            '-', bureau_code, document_kind, fiscal_year, coalesce(round_no, 0)
        ) as slot_id,
        count(*) filter (where severity = 'error') as error_count,
        count(*) filter (where severity = 'warning' and not is_explained) as warning_count
    from findings
    where waiver_id is null and is_current and not is_derived
    group by all
),

joined as (
    select
        slots.*,
        filed.* exclude (slot_id, live_filing_count, rejected_filing_count),
        coalesce(filed.live_filing_count, 0) as live_filing_count,
        coalesce(filed.rejected_filing_count, 0) as rejected_filing_count,
        coalesce(refused.quarantined_file_count, 0) as quarantined_file_count,
        refused.refused_at,
        coalesce(projects.project_count, 0) as project_count,
        coalesce(found.error_count, 0) as error_count,
        coalesce(found.warning_count, 0) as warning_count,
        -- a declaration stands in for a filing until something is sent
        coalesce(filed.live_filing_count, 0) = 0
        and slots.nil_declared_date is not null
        and coalesce(
            slots.nil_declared_date
            >= cast(greatest(filed.last_received_at, refused.refused_at) as date),
            true
        ) as is_nil_declared
    from slots
    left join filed on slots.slot_id = filed.slot_id
    left join refused on slots.slot_id = refused.slot_id
    left join projects on slots.slot_id = projects.slot_id
    left join found on slots.slot_id = found.slot_id
),

answered as (
    select
        *,
        live_filing_count > 0 or is_nil_declared as is_filed,
        case
            when live_filing_count > 0 then cast(first_accepted_at as date)
            when is_nil_declared then nil_declared_date
        end as answered_date
    from joined
),

statuses as (
    select
        document_kind,
        fiscal_year,
        work_year,
        round_no,
        bureau_code,
        work_bureau_code,
        bureau_name,
        short_name,
        tier,
        tier_no,
        parent_bureau_code,
        case
            when is_nil_declared then 'nil_declared'
            when live_filing_count > 0 and live_project_row_count = 0
                and live_indicator_row_count = 0
                then 'nil_declared'
            when live_filing_count > 0 and has_warnings then 'filed_with_warnings'
            when live_filing_count > 0 then 'filed'
            when rejected_filing_count > 0 or quarantined_file_count > 0 then 'rejected'
            when is_past_due then 'late'
            else 'expected'
        end as status,
        is_owed,
        is_filed,
        coalesce(
            case when is_filed then answered_date > due_date else is_past_due end, false
        ) as is_late,
        coalesce(
            live_filing_count > 0
            and (is_last_filing_rejected or refused_at > received_at),
            false
        ) as is_stale,
        is_extended,
        cast(coalesce(filing_count, 0) as bigint) as filing_count,
        cast(live_filing_count as bigint) as live_filing_count,
        cast(rejected_filing_count + quarantined_file_count as bigint) as rejected_file_count,
        cast(coalesce(superseded_filing_count, 0) as bigint) as superseded_filing_count,
        cast(project_count as bigint) as project_count,
        cast(error_count as bigint) as error_count,
        cast(warning_count as bigint) as warning_count,
        cast(case
            when is_filed then greatest(date_diff('day', due_date, answered_date), 0)
            when is_past_due
                then date_diff('day', due_date, cast('{{ var("as_of") }}' as date))
        end as integer) as days_late,
        due_date,
        calendar_due_date,
        nil_declared_date,
        nil_reason,
        received_at,
        cast('{{ var("as_of") }}' as date) as as_of_date,
        live_filing_id as _filing_id,
        live_file_sha256 as _file_sha256,
        live_source_file as _source_file
    from answered
)

select * from statuses
