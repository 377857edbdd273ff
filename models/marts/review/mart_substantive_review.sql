with

projects as (
    select
        *,
        coalesce({{ match_text('unit_name') }}, '') as unit_key
    from {{ ref('fct_project') }}
    where is_registered
),

project_names as (
    select * from {{ ref('int_project_names') }}
),

reviews as (
    select
        *,
        {{ match_text('project_name') }} as name_key,
        coalesce({{ match_text('unit_name') }}, '') as unit_key,
        coalesce(project_year, work_year) as fiscal_year
    from {{ ref('fct_goal_review') }}
    where review_type = '实质性审核'
),

key_units as (
    select
        *,
        {{ match_text('unit_name') }} as unit_key
    from {{ ref('fct_unit_register') }}
    where is_key_department
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

keyed as (
    select
        reviews.*,
        coalesce(
            reviews.project_code,
            project_names.project_code,
            concat_ws('|', reviews.unit_key, reviews.name_key)
        ) as project_key
    from reviews
    left join project_names
        on
            reviews.bureau_code = project_names.bureau_code
            and reviews.fiscal_year = project_names.fiscal_year
            and reviews.unit_key = project_names.unit_key
            and reviews.name_key = project_names.name_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by bureau_code, fiscal_year, project_key
            order by
                review_date desc nulls last,
                _source_file desc,
                _source_sheet desc,
                _source_row desc
        ) as preference
    from keyed
),

latest as (
    select * from ranked
    where preference = 1
),

candidates as (
    select
        coalesce(projects.fiscal_year, latest.fiscal_year) as fiscal_year,
        coalesce(projects.bureau_code, latest.bureau_code) as bureau_code,
        coalesce(projects.project_code, latest.project_key) as project_key,
        coalesce(projects.project_code, latest.project_code) as project_code,
        coalesce(projects.project_name, latest.project_name) as project_name,
        coalesce(projects.unit_code, latest.unit_code) as unit_code,
        coalesce(projects.unit_name, latest.unit_name) as unit_name,
        coalesce(projects.department_name, latest.department_name) as department_name,
        coalesce(projects.unit_key, latest.unit_key) as unit_key,
        coalesce(projects.fund_type, latest.fund_type) as fund_type,
        projects.project_code is not null as is_registered,
        latest.record_id is not null as is_reviewed,
        coalesce(projects.initial_budget_cny, latest.applied_budget_cny) as initial_budget_cny,
        latest.review_score,
        latest.conclusion,
        latest.review_date,
        case when latest.record_id is null then projects._file_sha256 else latest._file_sha256 end
            as _file_sha256,
        case when latest.record_id is null then projects._source_file else latest._source_file end
            as _source_file,
        case
            when latest.record_id is null then projects._source_sheet
            else latest._source_sheet
        end as _source_sheet,
        case when latest.record_id is null then projects._source_row else latest._source_row end
            as _source_row
    from projects
    full outer join latest
        on
            projects.bureau_code = latest.bureau_code
            and projects.fiscal_year = latest.fiscal_year
            and projects.project_code = latest.project_key
),

key_names as (
    select distinct
        bureau_code,
        work_year as fiscal_year,
        unit_key
    from key_units
    where unit_key is not null
),

key_codes as (
    select distinct
        bureau_code,
        work_year as fiscal_year,
        unit_code
    from key_units
    where unit_code is not null
),

-- a unit is of a key department if it is one itself or if its department is
placed as (
    select
        candidates.*,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        key_codes.unit_code is not null
        or unit_names.unit_key is not null
        or department_names.unit_key is not null as is_key_department
    from candidates
    left join key_codes
        on
            candidates.bureau_code = key_codes.bureau_code
            and candidates.fiscal_year = key_codes.fiscal_year
            and candidates.unit_code = key_codes.unit_code
    left join key_names as unit_names
        on
            candidates.bureau_code = unit_names.bureau_code
            and candidates.fiscal_year = unit_names.fiscal_year
            and candidates.unit_key = unit_names.unit_key
    left join key_names as department_names
        on
            candidates.bureau_code = department_names.bureau_code
            and candidates.fiscal_year = department_names.fiscal_year
            and {{ match_text('candidates.department_name') }} = department_names.unit_key
    left join bureaus
        on
            candidates.bureau_code = bureaus.bureau_code
            and candidates.fiscal_year = bureaus.fiscal_year
),

-- a blank parameter is a demand that nobody has published
asked as (
    select
        placed.*,
        coalesce(placed.tier_no <= coalesce(thresholds.goalreview_lowest_tier_no, 9), false)
            as is_in_tier,
        coalesce(placed.is_key_department and thresholds.goalreview_key_department, false)
            as is_asked_by_department,
        coalesce(placed.initial_budget_cny >= thresholds.goalreview_amount, false)
            as is_asked_by_amount,
        coalesce(
            contains(
                concat('|', thresholds.goalreview_fund_types, '|'),
                concat('|', placed.fund_type, '|')
            ),
            false
        ) and placed.fund_type is not null and thresholds.goalreview_fund_types is not null
            as is_asked_by_fund_type,
        placed.initial_budget_cny is null and thresholds.goalreview_amount is not null
            as is_amount_unknown,
        thresholds.goalreview_amount as required_amount_cny,
        thresholds.parameter_version
    from placed
    left join thresholds on placed.fiscal_year = thresholds.fiscal_year
),

required as (
    select
        *,
        is_in_tier
        and (is_asked_by_department or is_asked_by_amount or is_asked_by_fund_type) as is_required
    from asked
),

judged as (
    select
        fiscal_year as work_year,
        bureau_code,
        coalesce(bureau_name, bureau_code) as bureau_name,
        tier,
        tier_no,
        project_key,
        project_code,
        project_name,
        unit_code,
        unit_name,
        department_name,
        fund_type,
        is_registered,
        is_key_department,
        is_required,
        is_reviewed,
        case
            when is_required then nullif(concat_ws(
                ',',
                case when is_asked_by_department then 'KEY_DEPARTMENT' end,
                case when is_asked_by_amount then 'AMOUNT' end,
                case when is_asked_by_fund_type then 'FUND_TYPE' end
            ), '')
        end as required_because,
        case
            when is_reviewed then 'pass'
            when is_required then 'fail'
            else 'cannot_judge'
        end as verdict,
        cast(initial_budget_cny as decimal(20, 2)) as initial_budget_cny,
        cast(required_amount_cny as decimal(20, 2)) as required_amount_cny,
        review_score,
        conclusion,
        review_date,
        parameter_version,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from required
    where is_required or is_reviewed or (is_in_tier and is_amount_unknown)
)

select * from judged
