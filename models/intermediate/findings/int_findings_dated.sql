with

findings as (
    select * from {{ ref('int_findings_located') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

identified as (
    select * from {{ ref('int_projects_identified') }}
),

live as (
    select * from {{ ref('int_projects_live') }}
),

lines as (
    select * from {{ ref('int_indicators_judged') }}
),

-- a finding of a cell says its row, and the row says the project
places as (
    select distinct
        _filing_id,
        _source_sheet,
        _source_row
    from findings
    where project_code is null and _source_row is not null
),

project_places as (
    select
        identified._filing_id,
        identified._source_sheet,
        identified._source_row,
        identified.project_code
    from identified
    inner join places
        on
            identified._filing_id = places._filing_id
            and identified._source_sheet = places._source_sheet
            and identified._source_row = places._source_row
    union
    select
        lines._filing_id,
        lines._source_sheet,
        lines._source_row,
        lines.project_code
    from lines
    inner join places
        on
            lines._filing_id = places._filing_id
            and lines._source_sheet = places._source_sheet
            and lines._source_row = places._source_row
),

places_named as (
    select
        _filing_id,
        _source_sheet,
        _source_row,
        min(project_code) as project_code
    from project_places
    group by all
),

projects_known as (
    select
        findings.* exclude (project_code),
        coalesce(findings.project_code, places_named.project_code) as project_code
    from findings
    left join places_named
        on
            findings._filing_id = places_named._filing_id
            and findings._source_sheet = places_named._source_sheet
            and findings._source_row = places_named._source_row
),

accepted as (
    select * from filings
    where not is_rejected
),

-- the accepted filing that took the place of one that is no longer live
replaced as (
    select
        filings.filing_id,
        min(accepted.received_at) as replaced_at
    from filings
    inner join accepted
        on
            filings.slot_id = accepted.slot_id
            and filings.sequence_no < accepted.sequence_no
    where not filings.is_live
    group by filings.filing_id
),

-- a form sent again replaces its own project only
projects_replaced as (
    select
        identified._filing_id,
        identified.project_code,
        min(live_filings.received_at) as replaced_at
    from identified
    inner join live
        on
            identified.slot_id = live.slot_id
            and identified.project_code = live.project_code
            and identified._filing_id <> live._filing_id
    inner join filings as live_filings on live._filing_id = live_filings.filing_id
    group by all
),

-- a form whose every project was sent again holds nothing that counts
forms_emptied as (
    select
        projects_replaced._filing_id,
        max(projects_replaced.replaced_at) as replaced_at
    from projects_replaced
    inner join filings on projects_replaced._filing_id = filings.filing_id
    where filings.filing_role = 'form'
    group by projects_replaced._filing_id
    having projects_replaced._filing_id not in (select _filing_id from live)
),

-- a refused file: mended once the same path, or the same kind and year, is accepted later
files_replaced as (
    select
        projects_known._file_sha256,
        projects_known._source_file,
        projects_known.rule_id,
        min(accepted.received_at) as replaced_at
    from projects_known
    inner join accepted
        on
            projects_known.bureau_code = accepted.bureau_code
            and projects_known.first_seen < accepted.received_at
    where
        projects_known._filing_id is null
        and (
            projects_known._source_file = accepted._source_file
            or (
                projects_known.document_kind = accepted.document_kind
                and projects_known.fiscal_year = accepted.fiscal_year
                and projects_known.round_no is not distinct from accepted.round_no
            )
        )
    group by all
),

ended as (
    select
        projects_known.*,
        least(
            replaced.replaced_at, projects_replaced.replaced_at, forms_emptied.replaced_at,
            files_replaced.replaced_at
        ) as replaced_at
    from projects_known
    left join replaced on projects_known._filing_id = replaced.filing_id
    left join projects_replaced
        on
            projects_known._filing_id = projects_replaced._filing_id
            and projects_known.project_code = projects_replaced.project_code
    left join forms_emptied on projects_known._filing_id = forms_emptied._filing_id
    left join files_replaced
        on
            projects_known._file_sha256 = files_replaced._file_sha256
            and projects_known._source_file = files_replaced._source_file
            and projects_known.rule_id = files_replaced.rule_id
),

-- what a new filing repeats was first seen in the old one
dated as (
    select
        * exclude (replaced_at, first_seen),
        cast(min(first_seen) over (
            partition by
                rule_id, bureau_code, document_kind, fiscal_year, round_no, project_code,
                coalesce(heading, source_cell),
                case when project_code is null then _source_sheet end,
                case when project_code is null then _source_row end
        ) as date) as first_seen,
        cast(
            coalesce(replaced_at, cast('{{ var("as_of") }}' as timestamp)) as date
        ) as last_seen,
        replaced_at is null as is_current
    from ended
)

select * from dated
