{#- What each form says by itself may be true; together it looks copied or made up. -#}
with

evaluations as (
    select * from {{ ref('int_self_evaluations_recomputed') }}
),

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

judged as (
    select * from {{ ref('int_indicators_judged') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

full_units as (
    select
        evaluations.slot_id,
        evaluations.unit_name,
        count(*) as project_count,
        min(evaluations.project_row_id) as project_row_id
    from evaluations
    left join thresholds on evaluations.fiscal_year = thresholds.fiscal_year
    where evaluations.unit_name is not null
    group by evaluations.slot_id, evaluations.unit_name
    having
        count(*) >= max(thresholds.tell_min_projects)
        and count(evaluations.declared_score) = count(*)
        and min(evaluations.declared_score - evaluations.full_score) >= 0
),

all_full as (
    select
        'TELL-001' as rule_id,
        evaluations._filing_id,
        evaluations.project_code,
        'total_score' as field,
        full_units.unit_name || '的' || full_units.project_count || '个项目自评全部满分'
            as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        evaluations._source_sheet,
        evaluations._source_row
    from full_units
    inner join evaluations on full_units.project_row_id = evaluations.project_row_id
),

-- a target of 100% or with «=» is reached exactly or not at all; the others leave room
roomy_lines as (
    select
        *,
        actual_number = target_number
        and coalesce(actual_unit, target_unit, '') = coalesce(target_unit, '') as is_exact
    from judged
    where
        document_kind = 'self_evaluation'
        and target_kind = 'quantitative'
        and target_operator in ('>=', '>', '<=', '<')
        and not (coalesce(target_unit, '') = '%' and target_number = 100)
),

exact_projects as (
    select
        roomy_lines.slot_id,
        roomy_lines.project_code,
        count(*) as line_count
    from roomy_lines
    left join thresholds on roomy_lines.fiscal_year = thresholds.fiscal_year
    group by all
    having
        count(*) >= max(thresholds.tell_min_lines)
        and bool_and(coalesce(roomy_lines.is_exact, false))
),

all_exact as (
    select
        'TELL-002' as rule_id,
        evaluations._filing_id,
        evaluations.project_code,
        'total_score' as field,
        exact_projects.line_count || '条定量指标的完成值都恰好等于目标值' as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        evaluations._source_sheet,
        evaluations._source_row
    from exact_projects
    inner join evaluations
        on
            exact_projects.slot_id = evaluations.slot_id
            and exact_projects.project_code = evaluations.project_code
),

texts as (
    {%- for field in ['overall_goal', 'actual_goal'] %}
    select
        '{{ field }}' as field,
        document_kind,
        bureau_code,
        fiscal_year,
        project_code,
        project_name,
        {{ field }} as words,
        {{ match_text(field) }} as text_key,
        _filing_id,
        _source_sheet,
        _source_row
    from stages
    where
        {{ field }} is not null
        and document_kind = '{{ 'goal' if field == 'overall_goal' else 'self_evaluation' }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

long_texts as (
    select
        texts.* exclude (text_key),
        {{ match_text('texts.project_name') }} as name_key,
        md5(texts.text_key) as text_hash
    from texts
    left join thresholds on texts.fiscal_year = thresholds.fiscal_year
    where length(texts.text_key) >= thresholds.tell_min_text_length
),

shared as (
    select
        field,
        fiscal_year,
        text_hash,
        min(bureau_code) as first_bureau_code,
        min_by(project_name, bureau_code) as first_project_name,
        max(bureau_code) as last_bureau_code,
        max_by(project_name, bureau_code) as last_project_name
    from long_texts
    where field = 'overall_goal'
    group by all
    -- one programme in many places has one name
    having min(bureau_code) <> max(bureau_code) and min(name_key) <> max(name_key)
),

shared_sides as (
    select
        long_texts.*,
        case
            when long_texts.bureau_code = shared.first_bureau_code then shared.last_bureau_code
            else shared.first_bureau_code
        end as other_bureau_code,
        case
            when long_texts.bureau_code = shared.first_bureau_code then shared.last_project_name
            else shared.first_project_name
        end as other_project_name
    from long_texts
    inner join shared
        on
            long_texts.field = shared.field
            and long_texts.fiscal_year = shared.fiscal_year
            and long_texts.text_hash = shared.text_hash
),

copied_between as (
    select
        'TELL-003' as rule_id,
        shared_sides._filing_id,
        shared_sides.project_code,
        shared_sides.field,
        left(shared_sides.words, 60) as value_found,
        coalesce(bureaus.bureau_name, shared_sides.other_bureau_code) || '的项目「'
        || coalesce(shared_sides.other_project_name, '') || '」' as value_expected,
        cast(null as varchar) as difference,
        shared_sides._source_sheet,
        shared_sides._source_row
    from shared_sides
    left join bureaus
        on
            shared_sides.other_bureau_code = bureaus.bureau_code
            and shared_sides.fiscal_year = bureaus.fiscal_year
    where
        {{ match_text('shared_sides.other_project_name') }} is distinct from shared_sides.name_key
),

next_years as (
    select distinct
        field,
        bureau_code,
        fiscal_year + 1 as fiscal_year,
        text_hash
    from long_texts
),

copied_from_last_year as (
    select
        'TELL-004' as rule_id,
        long_texts._filing_id,
        long_texts.project_code,
        long_texts.field,
        left(long_texts.words, 60) as value_found,
        long_texts.fiscal_year - 1 || '年度的' || case long_texts.field
            when 'overall_goal' then '年度目标' else '实际完成情况'
        end as value_expected,
        cast(null as varchar) as difference,
        long_texts._source_sheet,
        long_texts._source_row
    from long_texts
    inner join next_years
        on
            long_texts.field = next_years.field
            and long_texts.bureau_code = next_years.bureau_code
            and long_texts.fiscal_year = next_years.fiscal_year
            and long_texts.text_hash = next_years.text_hash
),

full_marks as (
    select
        'TELL-005' as rule_id,
        _filing_id,
        project_code,
        'total_score' as field,
        cast(declared_score as varchar) as value_found,
        cast(cast(execution_rate * 100 as decimal(28, 2)) as varchar) || '%' as value_expected,
        cast(null as varchar) as difference,
        _source_sheet,
        _source_row
    from evaluations
    where declared_score >= full_score and execution_rate < execution_reason_below
),

raised as (
    {%- for rule in [
        'all_full', 'all_exact', 'copied_between', 'copied_from_last_year', 'full_marks'
    ] %}
    select * from {{ rule }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

located as (
    select
        raised.rule_id,
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        filings.round_no,
        raised.project_code,
        'projects' as table_name,
        raised.field,
        raised.value_found,
        raised.value_expected,
        raised.difference,
        raised._filing_id,
        filings._file_sha256,
        filings._source_file,
        raised._source_sheet,
        raised._source_row,
        raised._source_row as project_row,
        filings.received_at as _loaded_at
    from raised
    inner join filings on raised._filing_id = filings.filing_id
)

select * from located
