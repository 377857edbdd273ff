with

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

units as (
    select * from {{ ref('int_overall_units_live') }}
),

unit_names as (
    select * from {{ ref('int_overall_unit_names') }}
),

lines as (
    {%- for kind in overall_kinds() %}
    select * from {{ ref('stg_' ~ kind ~ '__indicators') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- lines of a form, or beside their unit in a list
beside as (
    select
        units.slot_id,
        units.unit_key,
        lines.*
    from lines
    inner join units
        on
            lines._filing_id = units._filing_id
            and lines._source_sheet = units._source_sheet
            and lines._project_row = units._source_row
),

units_without_lines as (
    select units.*
    from units
    left join beside on units.slot_id = beside.slot_id and units.unit_key = beside.unit_key
    where beside.unit_key is null
),

-- lines of a file of indicators find their unit by code or name; its newest file counts
named as (
    select
        filings.slot_id,
        {{ overall_unit_key('lines', 'unit_names') }} as unit_key,
        filings.sequence_no,
        lines.*
    from lines
    inner join filings on lines._filing_id = filings.filing_id
    left join unit_names
        on
            filings.bureau_code = unit_names.bureau_code
            and {{ match_text('lines.unit_name') }} = unit_names.name_key
    where lines._project_row is null
),

apart as (
    select named.* exclude (sequence_no)
    from named
    inner join units_without_lines
        on
            named.slot_id = units_without_lines.slot_id
            and named.unit_key = units_without_lines.unit_key
    qualify
        named.sequence_no
        = max(named.sequence_no) over (partition by named.slot_id, named.unit_key)
),

live as (
    select * from beside

    union all

    select * from apart
)

select * from live
