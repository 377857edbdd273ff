with

statuses as (
    select * from {{ ref('mart_filing_status') }}
    where is_owed
),

scopes as (
    select * from {{ ref('int_bureau_scopes') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- what is not due yet says nothing of a bureau, unless it is there already
due as (
    select * from statuses
    where is_filed or due_date < as_of_date
),

counted as (
    select
        due.document_kind,
        due.fiscal_year,
        due.work_year,
        scopes.bureau_code,
        scopes.scope,
        count(*) as owed_count,
        count(*) filter (where due.is_filed and not due.is_late) as on_time_count,
        count(*) filter (where due.is_filed and due.is_late) as late_count,
        count(*) filter (where not due.is_filed) as missing_count,
        count(*) filter (where due.status = 'rejected') as rejected_count,
        count(*) filter (where due.status = 'nil_declared') as nil_declared_count,
        count(*) filter (where due.is_extended) as extended_count,
        median(due.days_late) filter (where due.is_filed and due.is_late) as median_days_late,
        max(due.days_late) as max_days_late
    from due
    inner join scopes
        on
            due.fiscal_year = scopes.fiscal_year
            and due.bureau_code = scopes.member_bureau_code
    group by all
),

timeliness as (
    select
        counted.document_kind,
        counted.fiscal_year,
        counted.work_year,
        counted.bureau_code,
        coalesce(bureaus.bureau_name, counted.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        counted.scope,
        counted.owed_count,
        counted.on_time_count,
        counted.late_count,
        counted.missing_count,
        counted.rejected_count,
        counted.nil_declared_count,
        counted.extended_count,
        try_cast({{ ratio('counted.on_time_count', 'counted.owed_count') }} as decimal(18, 10))
            as on_time_rate,
        try_cast(
            {{ ratio('counted.on_time_count + counted.late_count', 'counted.owed_count') }}
            as decimal(18, 10)
        ) as filed_rate,
        cast(counted.median_days_late as decimal(9, 1)) as median_days_late,
        counted.max_days_late
    from counted
    left join bureaus
        on
            counted.bureau_code = bureaus.bureau_code
            and counted.fiscal_year = bureaus.fiscal_year
)

select * from timeliness
