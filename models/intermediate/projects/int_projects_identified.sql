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
        filings.sequence_no
    from sent
    inner join filings on sent._filing_id = filings.filing_id
    where filings.is_live
),

register_rows as (
    select
        bureau_code,
        fiscal_year,
        unit_name,
        project_name,
        coalesce(
            sent_project_code,
            {{ assigned_project_code('bureau_code', 'unit_name', 'project_name') }}
        ) as project_code
    from keyed
    where document_kind = 'project_register' and is_live_status
),

-- names are normalised and compared only where somebody sent a row without a code
codeless as (
    select
        project_row_id,
        bureau_code,
        fiscal_year,
        {{ match_text('project_name') }} as name_key,
        {{ match_text('unit_name') }} as unit_key
    from keyed
    where sent_project_code is null and document_kind <> 'project_register'
),

codeless_bureaus as (
    select distinct
        bureau_code,
        fiscal_year
    from codeless
),

register_names_keyed as (
    select
        register_rows.bureau_code,
        register_rows.fiscal_year,
        {{ match_text('register_rows.unit_name') }} as unit_key,
        {{ match_text('register_rows.project_name') }} as name_key,
        register_rows.project_code
    from register_rows
    inner join codeless_bureaus
        on
            register_rows.bureau_code = codeless_bureaus.bureau_code
            and register_rows.fiscal_year = codeless_bureaus.fiscal_year
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
    from register_names_keyed
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
    from register_names_keyed
    where name_key is not null
    group by all
    having count(distinct project_code) = 1
),

named as (
    select
        codeless.project_row_id,
        coalesce(register_unit_names.project_code, register_names.project_code) as project_code,
        case
            when register_unit_names.project_code is not null then 'unit_and_name'
            when register_names.project_code is not null then 'name'
        end as match_method
    from codeless
    left join register_unit_names
        on
            codeless.bureau_code = register_unit_names.bureau_code
            and codeless.fiscal_year = register_unit_names.fiscal_year
            and codeless.unit_key = register_unit_names.unit_key
            and codeless.name_key = register_unit_names.name_key
    left join register_names
        on
            codeless.bureau_code = register_names.bureau_code
            and codeless.fiscal_year = register_names.fiscal_year
            and codeless.name_key = register_names.name_key
),

matched as (
    select
        keyed.*,
        case
            when keyed.sent_project_code is not null then 'code'
            else coalesce(named.match_method, 'none')
        end as match_method,
        coalesce(keyed.sent_project_code, named.project_code) as matched_project_code
    from keyed
    left join named on keyed.project_row_id = named.project_row_id
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
            {{ assigned_project_code(
                'matched.bureau_code', 'matched.unit_name', 'matched.project_name'
            ) }}
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
