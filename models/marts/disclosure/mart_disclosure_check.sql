with

documents as (
    select * from {{ ref('fct_disclosure') }}
    where bureau_code is not null
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

named as (
    select
        *,
        {{ match_text('unit_name') }} as unit_text
    from documents
),

-- a row without a code belongs to the one code that its unit's name has elsewhere in the ledger
coded as (
    select
        *,
        coalesce(
            unit_code,
            case
                when
                    min(unit_code) over (partition by work_year, bureau_code, unit_text)
                    = max(unit_code) over (partition by work_year, bureau_code, unit_text)
                    then max(unit_code) over (partition by work_year, bureau_code, unit_text)
            end
        ) as known_unit_code
    from named
),

keyed as (
    select
        *,
        coalesce(known_unit_code, unit_text) as unit_key,
        -- a date to come is a plan, not a publication
        coalesce(published_date <= cast('{{ var("as_of") }}' as date), false) as is_published,
        coalesce(contains(document_type, '自评'), false) as is_self_evaluation
    from coded
),

-- the ledger may list a document again when it is published
listed as (
    select
        work_year,
        bureau_code,
        unit_key,
        document_type,
        evaluated_year,
        coalesce(project_code, {{ match_text('object_name') }}, record_id) as document_key,
        max(bureau_name) as bureau_name,
        max(tier) as tier,
        max(tier_no) as tier_no,
        max(known_unit_code) as unit_code,
        min(unit_name) as unit_name,
        bool_or(is_self_evaluation) as is_self_evaluation,
        bool_or(is_confidential) as is_confidential,
        bool_or(is_published) as is_published,
        bool_or(is_congress_reported) as is_congress_reported,
        min(published_date) filter (where is_published) as published_date
    from keyed
    group by all
),

counted as (
    select
        work_year,
        bureau_code,
        max(bureau_name) as bureau_name,
        max(tier) as tier,
        max(tier_no) as tier_no,
        unit_key,
        max(unit_code) as unit_code,
        min(unit_name) as unit_name,
        count(*) filter (where not is_confidential) as publishable_count,
        count(*) filter (where is_confidential) as confidential_count,
        count(*) filter (where not is_confidential and is_published) as published_count,
        count(*) filter (where is_confidential and is_published) as published_confidential_count,
        count(*) filter (where not is_confidential and is_self_evaluation)
            as publishable_self_evaluation_count,
        count(*) filter (where not is_confidential and is_self_evaluation and is_published)
            as published_self_evaluation_count,
        count(*) filter (where is_congress_reported) as congress_reported_count,
        min(published_date) filter (where not is_confidential) as first_published_date,
        max(published_date) filter (where not is_confidential) as last_published_date
    from listed
    group by work_year, bureau_code, unit_key
),

required as (
    select
        counted.*,
        coalesce(thresholds.publish_is_all_required, false) as is_all_required,
        case
            when thresholds.publish_is_all_required
                then counted.publishable_self_evaluation_count
            else least(
                thresholds.publish_min_per_unit, counted.publishable_self_evaluation_count
            )
        end as required_self_evaluation_count,
        thresholds.publish_min_per_unit is null as is_parameter_missing,
        thresholds.parameter_version
    from counted
    left join thresholds on counted.work_year = thresholds.fiscal_year
),

checked as (
    select
        work_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        unit_code,
        coalesce(unit_name, unit_code) as unit_name,
        case
            when published_confidential_count > 0 then 'fail'
            when is_parameter_missing and not is_all_required then 'cannot_judge'
            when published_self_evaluation_count < required_self_evaluation_count then 'fail'
            when published_count < publishable_count and is_all_required then 'fail'
            when published_count < publishable_count then 'warn'
            else 'pass'
        end as verdict,
        is_all_required,
        published_confidential_count > 0 as has_published_confidential,
        publishable_count,
        confidential_count,
        published_count,
        published_confidential_count,
        publishable_self_evaluation_count,
        published_self_evaluation_count,
        cast(required_self_evaluation_count as bigint) as required_self_evaluation_count,
        congress_reported_count,
        try_cast({{ ratio('published_count', 'publishable_count') }} as decimal(18, 10))
            as published_rate,
        first_published_date,
        last_published_date,
        cast('{{ var("as_of") }}' as date) as as_of_date,
        parameter_version
    from required
)

select * from checked
