with

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
    where is_in_roster
),

statuses as (
    select * from {{ ref('mart_filing_status') }}
    where is_owed and (is_filed or due_date < as_of_date)
),

slots as (
    select * from {{ ref('int_filing_slots') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

findings as (
    select * from {{ ref('int_findings_tracked') }}
),

filed as (
    select
        work_bureau_code as bureau_code,
        work_year,
        count(*) as owed_count,
        count(*) filter (where is_filed and not is_late) as on_time_count,
        count(*) filter (where is_filed and is_late) as late_count,
        count(*) filter (where not is_filed) as missing_count
    from statuses
    group by all
),

filled as (
    select
        slots.work_bureau_code as bureau_code,
        slots.work_year,
        sum(filings.project_row_count + coalesce(filings.indicator_row_count, 0)) as row_count
    from filings
    inner join slots on filings.slot_id = slots.slot_id
    group by all
),

found as (
    select
        bureau_code,
        work_year,
        count(*) filter (where severity = 'error') as error_count,
        count(*) filter (where severity = 'warning') as warning_count,
        count(*) filter (where severity = 'info') as info_count,
        count(*) filter (where is_excused and severity <> 'info') as excused_count,
        count(*) filter (where is_open and not is_excused and severity = 'error')
            as open_error_count,
        count(*) filter (where is_open and not is_excused and severity = 'warning')
            as open_warning_count,
        count(*) filter (where not is_open and severity <> 'info') as fixed_count,
        median(standing_days) filter (where not is_open and severity <> 'info')
            as median_days_to_fix,
        median(standing_days) filter (where not is_excused and severity <> 'info')
            as median_days_standing,
        count(distinct document_kind || '|' || rule_id) filter (where severity <> 'info')
            as rule_count,
        count(distinct document_kind || '|' || rule_id)
            filter (
                where severity <> 'info' and (is_repeated_in_filing or is_repeated_in_year)
            )
            as repeated_rule_count
    from findings
    group by all
),

measured as (
    select
        bureaus.fiscal_year as work_year,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        bureaus.parent_bureau_code,
        coalesce(filed.owed_count, 0) as owed_count,
        coalesce(filed.on_time_count, 0) as on_time_count,
        coalesce(filed.late_count, 0) as late_count,
        coalesce(filed.missing_count, 0) as missing_count,
        coalesce(filled.row_count, 0) as row_count,
        coalesce(found.error_count, 0) as error_count,
        coalesce(found.warning_count, 0) as warning_count,
        coalesce(found.info_count, 0) as info_count,
        coalesce(found.excused_count, 0) as excused_count,
        coalesce(found.open_error_count, 0) as open_error_count,
        coalesce(found.open_warning_count, 0) as open_warning_count,
        coalesce(found.fixed_count, 0) as fixed_count,
        found.median_days_to_fix,
        found.median_days_standing,
        coalesce(found.rule_count, 0) as rule_count,
        coalesce(found.repeated_rule_count, 0) as repeated_rule_count
    from bureaus
    left join filed
        on bureaus.bureau_code = filed.bureau_code and bureaus.fiscal_year = filed.work_year
    left join filled
        on bureaus.bureau_code = filled.bureau_code and bureaus.fiscal_year = filled.work_year
    left join found
        on bureaus.bureau_code = found.bureau_code and bureaus.fiscal_year = found.work_year
)

select * from measured
