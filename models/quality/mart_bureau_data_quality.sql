with

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

ledger as (
    select * from {{ ref('stg_ledger__filings') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
    where
        bureau_code is not null
        and document_kind is not null
        and fiscal_year is not null
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

filled as (
    select
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        sum(filings.project_row_count) as project_row_count,
        sum(coalesce(filings.indicator_row_count, 0)) as indicator_row_count,
        sum(coalesce(ledger.set_aside_row_count, 0)) as set_aside_row_count
    from filings
    left join ledger on filings.filing_id = ledger.filing_id
    group by all
),

found as (
    select
        bureau_code,
        document_kind,
        fiscal_year,
        {%- set standing = 'is_current and not is_derived and waiver_id is null' %}
        count(*) filter (where severity = 'error' and {{ standing }}) as error_count,
        count(*) filter (where severity = 'warning' and {{ standing }} and not is_explained)
            as warning_count,
        count(*) filter (where severity = 'info' and {{ standing }}) as info_count,
        count(*) filter (where is_current and not is_derived and waiver_id is not null)
            as waived_count,
        count(*) filter (where {{ standing }} and is_explained) as explained_count,
        count(*) filter (where is_current and is_derived) as derived_count
    from findings
    group by all
),

-- what a re-filing repeats is not mended
mended_findings as (
    select
        bureau_code,
        document_kind,
        fiscal_year,
        finding_key
    from findings
    where not is_derived and severity <> 'info'
    group by all
    having not bool_or(is_current)
),

mended as (
    select
        bureau_code,
        document_kind,
        fiscal_year,
        count(*) as fixed_count
    from mended_findings
    group by all
),

joined as (
    select
        coalesce(filled.bureau_code, found.bureau_code) as bureau_code,
        coalesce(filled.document_kind, found.document_kind) as document_kind,
        coalesce(filled.fiscal_year, found.fiscal_year) as fiscal_year,
        coalesce(filled.project_row_count, 0) as project_row_count,
        coalesce(filled.indicator_row_count, 0) as indicator_row_count,
        coalesce(filled.set_aside_row_count, 0) as set_aside_row_count,
        coalesce(found.error_count, 0) as error_count,
        coalesce(found.warning_count, 0) as warning_count,
        coalesce(found.info_count, 0) as info_count,
        coalesce(found.waived_count, 0) as waived_count,
        coalesce(found.explained_count, 0) as explained_count,
        coalesce(found.derived_count, 0) as derived_count,
        coalesce(mended.fixed_count, 0) as fixed_count
    from filled
    full join found
        on
            filled.bureau_code = found.bureau_code
            and filled.document_kind = found.document_kind
            and filled.fiscal_year = found.fiscal_year
    left join mended
        on
            found.bureau_code = mended.bureau_code
            and found.document_kind = mended.document_kind
            and found.fiscal_year = mended.fiscal_year
),

rated as (
    select
        *,
        project_row_count + indicator_row_count as row_count,
        {{ ratio('1000 * error_count', 'project_row_count + indicator_row_count') }}
            as errors_per_thousand
    from joined
),

judged as (
    select
        rated.bureau_code,
        coalesce(bureaus.bureau_name, rated.bureau_code) as bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        rated.document_kind,
        rated.fiscal_year,
        {{ work_year('rated.document_kind', 'rated.fiscal_year') }} as work_year,
        cast(rated.row_count as bigint) as row_count,
        cast(rated.project_row_count as bigint) as project_row_count,
        cast(rated.indicator_row_count as bigint) as indicator_row_count,
        cast(rated.set_aside_row_count as bigint) as set_aside_row_count,
        rated.error_count,
        rated.warning_count,
        rated.info_count,
        rated.waived_count,
        rated.explained_count,
        rated.derived_count,
        rated.fixed_count,
        cast(rated.errors_per_thousand as decimal(18, 4)) as errors_per_thousand,
        case
            when rated.row_count = 0 and rated.error_count > 0 then 'fail'
            when
                rated.errors_per_thousand is null
                or thresholds.quality_fail_errors_per_thousand is null
                then 'cannot_judge'
            when rated.errors_per_thousand > thresholds.quality_fail_errors_per_thousand
                then 'fail'
            when rated.errors_per_thousand > thresholds.quality_warn_errors_per_thousand
                then 'warn'
            else 'pass'
        end as verdict,
        thresholds.parameter_version
    from rated
    left join bureaus
        on
            rated.bureau_code = bureaus.bureau_code
            and rated.fiscal_year = bureaus.fiscal_year
    left join thresholds on rated.fiscal_year = thresholds.fiscal_year
)

select * from judged
