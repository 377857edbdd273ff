{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

rectifications as (
    select * from {{ ref('fct_rectification') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- the deadline written in the ledger holds; without one the reply is due so many months after the
-- report. What is dated after the cut-off day has not happened yet.
dated as (
    select
        rectifications.* replace (
            case when rectifications.reply_date <= {{ as_of }} then rectifications.reply_date end
                as reply_date,
            case
                when rectifications.verified_date <= {{ as_of }} then rectifications.verified_date
            end as verified_date
        ),
        coalesce(
            rectifications.due_date,
            cast(
                rectifications.report_date + to_months(thresholds.rectify_reply_months) as date
            )
        ) as reply_due_date,
        case
            when rectifications.due_date is not null then 'ledger'
            when rectifications.report_date is not null then 'report_date'
        end as due_basis,
        thresholds.parameter_version
    from rectifications
    left join thresholds on rectifications.work_year = thresholds.fiscal_year
),

flagged as (
    select
        *,
        coalesce(reply_date <= reply_due_date, false) as is_replied_in_time,
        coalesce(reply_date > reply_due_date, false) as is_replied_late,
        coalesce(reply_due_date < {{ as_of }} and reply_date is null, false) as is_overdue,
        reply_due_date is not null and (reply_date is not null or reply_due_date < {{ as_of }})
            as is_reply_due,
        verified_date is not null as is_verified
    from dated
),

problems as (
    select
        record_id,
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        unit_code,
        unit_name,
        project_code,
        object_name,
        item_no,
        source_type,
        problem,
        case
            when reply_due_date is null then 'cannot_judge'
            when is_overdue and not is_verified then 'fail'
            when is_overdue or is_replied_late then 'warn'
            else 'pass'
        end as verdict,
        case when reply_due_date is null then 'no_due_date' end as cannot_judge_reason,
        is_reply_due,
        is_replied_in_time,
        is_overdue,
        is_verified,
        not is_verified as is_open,
        is_overdue and not is_verified as should_hold_payment,
        is_payment_held,
        report_date,
        pushed_date,
        reply_due_date as due_date,
        due_basis,
        reply_date,
        verified_date,
        cast(
            case when is_overdue then date_diff('day', reply_due_date, {{ as_of }}) end as bigint
        ) as overdue_day_count,
        parameter_version,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from flagged
)

select * from problems
