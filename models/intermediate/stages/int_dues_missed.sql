{%- set kinds = ['goal', 'monitoring', 'self_evaluation'] -%}
with

dues as (
    select * from {{ ref('int_stage_dues') }}
    where not is_done
),

identified as (
    select * from {{ ref('int_projects_identified') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

quarantined as (
    select * from {{ ref('int_receipts_quarantined') }}
),

set_aside as (
    select * from {{ source('raw', 'set_aside_rows') }}
),

-- the row is there, but its review is not final
returned as (
    select
        bureau_code,
        fiscal_year,
        document_kind,
        round_no,
        project_code,
        arg_max(_source_file, sequence_no) as found_in
    from identified
    where not is_live_status
    group by all
),

-- the project's own code stands in a row that could not be carried
set_aside_codes as (
    select
        filings.bureau_code,
        filings.fiscal_year,
        filings.document_kind,
        filings.round_no,
        regexp_extract(set_aside.row_text, '[0-9]{8}[A-Z][0-9A-Z]{12}') as project_code,
        arg_max(filings._source_file, filings.sequence_no) as found_in
    from set_aside
    inner join filings on set_aside._filing_id = filings.filing_id
    group by all
),

rejected_codes as (
    {%- for kind in kinds %}
    select
        filings.bureau_code,
        filings.fiscal_year,
        filings.document_kind,
        filings.round_no,
        rows_sent.project_code,
        arg_max(filings._source_file, filings.sequence_no) as found_in
    from {{ source('raw', kind ~ '__projects') }} as rows_sent
    inner join filings on rows_sent._filing_id = filings.filing_id
    where filings.is_rejected and rows_sent.project_code is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

filed_slots as (
    select distinct
        bureau_code,
        fiscal_year,
        document_kind,
        round_no
    from filings
    where is_live
),

-- files that could not be read at all may hold the project; files of an unknown kind count only
-- where nothing else was filed
quarantined_files as (
    select
        dues.bureau_code,
        dues.fiscal_year,
        dues.stage,
        dues.round_no,
        max(quarantined._source_file) as found_in
    from (select distinct bureau_code, fiscal_year, stage, round_no from dues) as dues
    left join filed_slots
        on
            dues.bureau_code = filed_slots.bureau_code
            and dues.fiscal_year = filed_slots.fiscal_year
            and dues.stage = filed_slots.document_kind
            and dues.round_no is not distinct from filed_slots.round_no
    inner join quarantined
        on
            dues.bureau_code = quarantined.bureau_code
            and coalesce(quarantined.fiscal_year, dues.fiscal_year) = dues.fiscal_year
            and coalesce(quarantined.round_no, dues.round_no) is not distinct from dues.round_no
            and (
                (
                    quarantined.document_kind = dues.stage
                    and (quarantined.filing_id is null or filed_slots.bureau_code is null)
                )
                or (quarantined.document_kind is null and filed_slots.bureau_code is null)
            )
    group by all
),

missed as (
    select
        dues.*,
        filed_slots.bureau_code is not null as is_slot_filed,
        case
            when returned.project_code is not null then 'returned'
            when set_aside_codes.project_code is not null then 'row_set_aside'
            when rejected_codes.project_code is not null then 'file_quarantined'
            when quarantined_files.bureau_code is not null then 'file_quarantined'
            else 'not_filed'
        end as reason,
        coalesce(
            returned.found_in,
            set_aside_codes.found_in,
            rejected_codes.found_in,
            quarantined_files.found_in
        ) as found_in_file
    from dues
    {%- for source_name in ['returned', 'set_aside_codes', 'rejected_codes'] %}
    left join {{ source_name }}
        on
            dues.bureau_code = {{ source_name }}.bureau_code
            and dues.fiscal_year = {{ source_name }}.fiscal_year
            and dues.stage = {{ source_name }}.document_kind
            and dues.round_no is not distinct from {{ source_name }}.round_no
            and dues.project_code = {{ source_name }}.project_code
    {%- endfor %}
    left join filed_slots
        on
            dues.bureau_code = filed_slots.bureau_code
            and dues.fiscal_year = filed_slots.fiscal_year
            and dues.stage = filed_slots.document_kind
            and dues.round_no is not distinct from filed_slots.round_no
    left join quarantined_files
        on
            dues.bureau_code = quarantined_files.bureau_code
            and dues.fiscal_year = quarantined_files.fiscal_year
            and dues.stage = quarantined_files.stage
            and dues.round_no is not distinct from quarantined_files.round_no
)

select * from missed
