with

filings as (
    select * from {{ ref('int_filings_live') }}
),

stage_calendar as (
    {{ jurisdiction_rows(ref('param_stage_calendar'), ['document_kind']) }}
),

round_calendar as (
    {{ jurisdiction_rows(ref('param_round_calendar')) }}
),

newest_register as (
    select max(fiscal_year) as fiscal_year
    from filings
    where document_kind = 'project_register'
),

-- what somebody has sent, in any state
sent as (
    select distinct
        document_kind,
        fiscal_year,
        round_no
    from filings
),

-- registers (登记表) are kept by work year and say nothing of what a budget year owes
fiscal_years as (
    select distinct sent.fiscal_year
    from sent
    inner join stage_calendar on sent.document_kind = stage_calendar.document_kind
),

dated as (
    select
        stage_calendar.document_kind,
        fiscal_years.fiscal_year,
        stage_calendar.round_no,
        cast(
            (fiscal_years.fiscal_year + coalesce(stage_calendar.due_year_offset, 0))
            || '-' || stage_calendar.due_date_mmdd as date
        ) as due_date
    from fiscal_years
    inner join stage_calendar
        on
            fiscal_years.fiscal_year >= coalesce(stage_calendar.fiscal_year_from, 0)
            and fiscal_years.fiscal_year <= coalesce(stage_calendar.fiscal_year_to, 9999)
),

-- of the calendar: what somebody has sent, every year's register, and whatever is due in the
-- newest budget year even if nobody has sent it
of_calendar as (
    select
        dated.document_kind,
        dated.fiscal_year,
        dated.round_no,
        dated.due_date,
        round_calendar.month_no
    from dated
    cross join newest_register
    left join sent
        on
            dated.document_kind = sent.document_kind
            and dated.fiscal_year = sent.fiscal_year
            and dated.round_no is not distinct from sent.round_no
    left join round_calendar
        on
            dated.document_kind = 'monitoring'
            and dated.round_no = round_calendar.round_no
            and dated.fiscal_year >= coalesce(round_calendar.fiscal_year_from, 0)
            and dated.fiscal_year <= coalesce(round_calendar.fiscal_year_to, 9999)
    where
        sent.fiscal_year is not null
        or dated.document_kind = 'project_register'
        or (
            dated.fiscal_year = newest_register.fiscal_year
            and dated.due_date <= cast('{{ var("as_of") }}' as date)
        )
),

outside_calendar as (
    select
        sent.document_kind,
        sent.fiscal_year,
        sent.round_no
    from sent
    left join dated
        on
            sent.document_kind = dated.document_kind
            and sent.fiscal_year = dated.fiscal_year
            and sent.round_no is not distinct from dated.round_no
    where dated.fiscal_year is null
),

stages as (
    select
        document_kind,
        fiscal_year,
        round_no,
        month_no,
        due_date,
        true as is_in_calendar,
        due_date < cast('{{ var("as_of") }}' as date) as is_past_due
    from of_calendar

    union all

    select
        document_kind,
        fiscal_year,
        round_no,
        cast(null as integer) as month_no,
        cast(null as date) as due_date,
        false as is_in_calendar,
        false as is_past_due
    from outside_calendar
)

select * from stages
