with

findings as (
    select * from {{ ref('fct_finding') }}
    where bureau_code is not null and not is_derived
),

code_changes as (
    select
        sent_bureau_code,
        bureau_code as valid_bureau_code,
        coalesce(fiscal_year_from, 0) as first_year,
        coalesce(fiscal_year_to, 9999) as last_year
    from {{ ref('ref_bureau_code_change') }}
),

-- what stands in several filings of a slot, or in several cells of a line, is one thing to mend
merged as (
    select
        finding_key,
        bureau_code as sent_bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        rule_id,
        any_value(severity) as severity,
        bool_or(is_current) as is_open,
        bool_and(waiver_id is not null or is_explained) as is_excused,
        count(distinct _filing_id) as filing_count,
        min(first_seen) as first_seen_date,
        max(last_seen) as last_seen_date
    from findings
    group by all
),

-- a file refused before anybody knew of which kind and year counts for the year it came in
dated as (
    select
        *,
        cast(
            coalesce({{ work_year('document_kind', 'fiscal_year') }}, year(first_seen_date))
            as integer
        ) as work_year
    from merged
),

recoded as (
    select
        dated.*,
        coalesce(code_changes.valid_bureau_code, dated.sent_bureau_code) as bureau_code
    from dated
    left join code_changes
        on
            dated.sent_bureau_code = code_changes.sent_bureau_code
            and dated.work_year >= code_changes.first_year
            and dated.work_year <= code_changes.last_year
),

tracked as (
    select
        finding_key,
        bureau_code,
        work_year,
        document_kind,
        fiscal_year,
        round_no,
        rule_id,
        severity,
        is_open,
        is_excused,
        filing_count > 1 as is_repeated_in_filing,
        coalesce(
            min(work_year) over (partition by bureau_code, document_kind, rule_id) < work_year,
            false
        ) as is_repeated_in_year,
        first_seen_date,
        case when not is_open then last_seen_date end as fixed_date,
        date_diff('day', first_seen_date, last_seen_date) as standing_days
    from recoded
)

select * from tracked
