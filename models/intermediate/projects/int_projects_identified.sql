{%- set kinds = ['project_register', 'goal', 'monitoring', 'self_evaluation'] -%}
with

filings as (
    select * from {{ ref('int_filings_live') }}
),

sent as (
    {%- for kind in kinds %}
    select
        project_row_id,
        _filing_id,
        project_code as sent_project_code,
        project_name,
        unit_code,
        unit_name,
        department_code,
        department_name,
        finance_division,
        is_live_status,
        review_status_text,
        updated_at_text,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        _loaded_at
    from {{ ref('stg_' ~ kind ~ '__projects') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

keyed as (
    select
        sent.*,
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        filings.month_no,
        filings.slot_id,
        filings.filing_role,
        filings.sequence_no,
        {{ match_text('sent.project_name') }} as name_key,
        {{ match_text('sent.unit_name') }} as unit_key,
        -- the name to look up: a condition on one side of an outer join would cost its hash join
        case when sent.sent_project_code is null then {{ match_text('sent.project_name') }} end
            as codeless_name_key
    from sent
    inner join filings on sent._filing_id = filings.filing_id
    where filings.is_live
),

register_rows as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        name_key,
        coalesce(
            sent_project_code,
            {{ assigned_project_code('bureau_code', 'unit_name', 'project_name') }}
        ) as project_code
    from keyed
    where document_kind = 'project_register' and is_live_status
),

register_codes as (
    select distinct
        bureau_code,
        fiscal_year,
        project_code
    from register_rows
),

-- a name identifies a project only where it is the name of one project
register_unit_names as (
    select
        bureau_code,
        fiscal_year,
        unit_key,
        name_key,
        min(project_code) as project_code
    from register_rows
    where name_key is not null and unit_key is not null
    group by all
    having count(distinct project_code) = 1
),

register_names as (
    select
        bureau_code,
        fiscal_year,
        name_key,
        min(project_code) as project_code
    from register_rows
    where name_key is not null
    group by all
    having count(distinct project_code) = 1
),

matched as (
    select
        keyed.*,
        case
            when keyed.sent_project_code is not null then 'code'
            when keyed.document_kind = 'project_register' then 'none'
            when register_unit_names.project_code is not null then 'unit_and_name'
            when register_names.project_code is not null then 'name'
            else 'none'
        end as match_method,
        case
            when keyed.sent_project_code is not null then keyed.sent_project_code
            when keyed.document_kind = 'project_register' then null
            else coalesce(register_unit_names.project_code, register_names.project_code)
        end as matched_project_code
    from keyed
    left join register_unit_names
        on
            keyed.bureau_code = register_unit_names.bureau_code
            and keyed.fiscal_year = register_unit_names.fiscal_year
            and keyed.unit_key = register_unit_names.unit_key
            and keyed.codeless_name_key = register_unit_names.name_key
    left join register_names
        on
            keyed.bureau_code = register_names.bureau_code
            and keyed.fiscal_year = register_names.fiscal_year
            and keyed.codeless_name_key = register_names.name_key
),

identified as (
    select
        matched.project_row_id,
        matched.document_kind,
        matched.bureau_code,
        matched.fiscal_year,
        matched.round_no,
        matched.month_no,
        matched.slot_id,
        coalesce(
            matched.matched_project_code,
            {{ assigned_project_code('matched.bureau_code', 'matched.unit_name', 'matched.project_name') }}
        ) as project_code,
        matched.sent_project_code,
        matched.matched_project_code is null as is_code_assigned,
        matched.match_method,
        matched.project_name,
        matched.unit_code,
        matched.unit_name,
        matched.department_code,
        matched.department_name,
        matched.finance_division,
        matched.name_key,
        matched.unit_key,
        matched.is_live_status,
        matched.review_status_text,
        matched.updated_at_text,
        matched.filing_role,
        matched.sequence_no,
        matched._filing_id,
        matched._file_sha256,
        matched._source_file,
        matched._source_sheet,
        matched._source_row,
        matched._loaded_at
    from matched
),

registered as (
    select
        identified.*,
        register_codes.project_code is not null as is_in_register
    from identified
    left join register_codes
        on
            identified.bureau_code = register_codes.bureau_code
            and identified.fiscal_year = register_codes.fiscal_year
            and identified.project_code = register_codes.project_code
)

select * from registered
