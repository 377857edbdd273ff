{%- set as_of = "cast('" ~ var('as_of') ~ "' as date)" -%}
with

applications as (
    select * from {{ ref('fct_result_application') }}
),

self_evaluations as (
    select * from {{ ref('mart_self_evaluation') }}
),

evaluations as (
    select * from {{ ref('fct_evaluation') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

rules as (
    {{ jurisdiction_rows(ref('param_result_action')) }}
),

bands as (
    {{ jurisdiction_rows(ref('param_grade_band')) }}
),

action_words as (
    select * from {{ ref('map_result_action_text') }}
),

evaluated as (
    select
        concat_ws(':', 'self_evaluation', bureau_code, fiscal_year, project_code) as result_id,
        fiscal_year as evaluated_year,
        work_year,
        bureau_code,
        unit_code,
        unit_name,
        project_code,
        project_name as object_name,
        'self_evaluation' as basis,
        '单位自评' as basis_zh,
        declared_score as score,
        grade,
        budget_cny,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from self_evaluations

    union all

    select
        record_id as result_id,
        coalesce(evaluated_year, work_year - 1) as evaluated_year,
        work_year,
        bureau_code,
        unit_code,
        unit_name,
        object_code as project_code,
        object_name,
        case
            when contains(evaluation_type, '抽评') then 'spot_evaluation'
            when contains(evaluation_type, '自评') then 'self_evaluation'
            else 'evaluation'
        end as basis,
        evaluation_type as basis_zh,
        score,
        grade,
        amount_cny as budget_cny,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from evaluations
),

applied as (
    select
        * replace (coalesce(evaluated_year, work_year - 1) as evaluated_year),
        case
            when contains(basis, '抽评') then 'spot_evaluation'
            when contains(basis, '自评') then 'self_evaluation'
            when contains(basis, '评价') then 'evaluation'
            when contains(basis, '监控') then 'monitoring'
            else 'other'
        end as basis_code
    from applications
),

-- an object is known again by its code, or by its unit and name; a line about a whole unit names
-- the unit only
result_keys as (
    select
        result_id,
        bureau_code,
        evaluated_year,
        'code:' || project_code as object_key
    from evaluated
    where project_code is not null

    union all

    select
        result_id,
        bureau_code,
        evaluated_year,
        concat_ws(
            ':',
            'name',
            {{ match_text('coalesce(unit_name, object_name)') }},
            {{ match_text('coalesce(object_name, unit_name)') }}
        ) as object_key
    from evaluated
),

application_keys as (
    select
        record_id,
        bureau_code,
        evaluated_year,
        'code:' || project_code as object_key
    from applied
    where project_code is not null

    union all

    select
        record_id,
        bureau_code,
        evaluated_year,
        concat_ws(
            ':',
            'name',
            {{ match_text('coalesce(unit_name, object_name)') }},
            {{ match_text('coalesce(object_name, unit_name)') }}
        ) as object_key
    from applied
),

pairs as (
    select distinct
        application_keys.record_id,
        result_keys.result_id
    from application_keys
    inner join result_keys
        on
            application_keys.bureau_code = result_keys.bureau_code
            and application_keys.evaluated_year = result_keys.evaluated_year
            and application_keys.object_key = result_keys.object_key
),

-- the result behind an application: of the basis it names, else the lowest
chosen as (
    select
        pairs.record_id,
        evaluated.score,
        evaluated.grade,
        evaluated.basis,
        row_number() over (
            partition by pairs.record_id
            order by
                (evaluated.basis = applied.basis_code) desc,
                evaluated.score nulls last,
                evaluated.result_id
        ) as preference
    from pairs
    inner join evaluated on pairs.result_id = evaluated.result_id
    inner join applied on pairs.record_id = applied.record_id
),

-- what an application did, by its words and by its amounts
application_actions as (
    select
        applied.record_id,
        action_words.action
    from applied
    inner join action_words on contains(applied.action, action_words.action_word)

    union

    select
        record_id,
        'cut' as action
    from applied
    where cut_cny > 0

    union

    select
        record_id,
        'stop' as action
    from applied
    where budget_cny > 0 and cut_cny >= budget_cny

    union

    select
        record_id,
        'recover' as action
    from applied
    where recovered_cny > 0
),

application_lines as (
    select
        applied.record_id as application_id,
        applied.work_year,
        applied.evaluated_year,
        applied.budget_year,
        applied.bureau_code,
        applied.bureau_name,
        applied.tier,
        applied.tier_no,
        applied.unit_code,
        applied.unit_name,
        applied.project_code,
        coalesce(applied.object_name, applied.unit_name) as object_name,
        case
            when applied.basis_code = 'other' then coalesce(chosen.basis, 'other')
            else applied.basis_code
        end as basis,
        applied.basis as basis_zh,
        coalesce(applied.score, case when applied.grade is null then chosen.score end) as score,
        coalesce(applied.grade, case when applied.score is null then chosen.grade end) as grade,
        applied.action as action_zh,
        applied.budget_cny,
        applied.cut_cny,
        applied.recovered_cny,
        applied.applied_date,
        true as is_recorded,
        chosen.record_id is not null as has_result,
        applied._filing_id,
        applied._file_sha256,
        applied._source_file,
        applied._source_sheet,
        applied._source_row
    from applied
    left join chosen
        on
            applied.record_id = chosen.record_id
            and chosen.preference = 1
),

-- a bureau has the name of the year worked in, or else of the year evaluated
results_without as (
    select
        evaluated.result_id as application_id,
        evaluated.work_year,
        evaluated.evaluated_year,
        evaluated.work_year + 1 as budget_year,
        evaluated.bureau_code,
        coalesce(bureaus.bureau_name, evaluated_bureaus.bureau_name) as bureau_name,
        coalesce(bureaus.tier, evaluated_bureaus.tier) as tier,
        coalesce(bureaus.tier_no, evaluated_bureaus.tier_no) as tier_no,
        evaluated.unit_code,
        evaluated.unit_name,
        evaluated.project_code,
        evaluated.object_name,
        evaluated.basis,
        evaluated.basis_zh,
        evaluated.score,
        evaluated.grade,
        cast(null as varchar) as action_zh,
        evaluated.budget_cny,
        cast(null as decimal(20, 2)) as cut_cny,
        cast(null as decimal(20, 2)) as recovered_cny,
        cast(null as date) as applied_date,
        false as is_recorded,
        true as has_result,
        evaluated._filing_id,
        evaluated._file_sha256,
        evaluated._source_file,
        evaluated._source_sheet,
        evaluated._source_row
    from evaluated
    left join pairs on evaluated.result_id = pairs.result_id
    left join bureaus
        on
            evaluated.bureau_code = bureaus.bureau_code
            and evaluated.work_year = bureaus.fiscal_year
    left join bureaus as evaluated_bureaus
        on
            evaluated.bureau_code = evaluated_bureaus.bureau_code
            and evaluated.evaluated_year = evaluated_bureaus.fiscal_year
    where pairs.result_id is null
),

lines as (
    select * from application_lines
    union all
    select * from results_without
),

graded as (
    select lines.* replace (coalesce(lines.grade, bands.grade) as grade)
    from lines
    left join bands
        on
            lines.evaluated_year >= coalesce(bands.valid_from_year, 0)
            and lines.evaluated_year <= coalesce(bands.valid_to_year, 9999)
            and lines.score >= bands.min_score
            and (
                lines.score < bands.max_score
                or (bands.is_max_included and lines.score = bands.max_score)
            )
),

rule_hits as (
    select
        graded.application_id,
        rules.rule_no,
        rules.required_action,
        rules.required_action_zh,
        rules.cut_ratio,
        rules.source as rule_source,
        row_number() over (
            partition by graded.application_id
            order by rules.rule_no
        ) as preference
    from graded
    inner join rules
        on
            graded.evaluated_year >= coalesce(rules.valid_from_year, 0)
            and graded.evaluated_year <= coalesce(rules.valid_to_year, 9999)
            and (rules.basis = 'any' or rules.basis = graded.basis)
    where
        (rules.grade is null or graded.grade = rules.grade)
        and (rules.score_below is null or graded.score < rules.score_below)
),

-- a rule of this basis that asks for a grade or a score the result does not have
unjudgeable as (
    select distinct graded.application_id
    from graded
    inner join rules
        on
            graded.evaluated_year >= coalesce(rules.valid_from_year, 0)
            and graded.evaluated_year <= coalesce(rules.valid_to_year, 9999)
            and (rules.basis = 'any' or rules.basis = graded.basis)
    where
        (rules.grade is not null and graded.grade is null)
        or (rules.score_below is not null and graded.score is null)
),

-- stopping or recovering a budget is more than cutting it
fulfilled as (
    select distinct rule_hits.application_id
    from rule_hits
    inner join application_actions on rule_hits.application_id = application_actions.record_id
    where
        rule_hits.preference = 1
        and (
            application_actions.action = rule_hits.required_action
            or (
                rule_hits.required_action = 'cut'
                and application_actions.action in ('stop', 'recover')
            )
        )
),

flagged as (
    select
        graded.*,
        rule_hits.rule_no,
        rule_hits.required_action_zh,
        rule_hits.cut_ratio,
        rule_hits.rule_source,
        rule_hits.rule_no is not null as is_required,
        graded.is_recorded
        and (
            graded.action_zh is not null
            or coalesce(graded.cut_cny, 0) > 0
            or coalesce(graded.recovered_cny, 0) > 0
        ) as is_applied,
        fulfilled.application_id is not null as is_as_required,
        rule_hits.rule_no is null and unjudgeable.application_id is not null as is_unjudgeable
    from graded
    left join rule_hits
        on
            graded.application_id = rule_hits.application_id
            and rule_hits.preference = 1
    left join unjudgeable on graded.application_id = unjudgeable.application_id
    left join fulfilled on graded.application_id = fulfilled.application_id
),

-- a result is applied before the budget year it is meant for begins
judged as (
    select
        application_id,
        work_year,
        evaluated_year,
        budget_year,
        bureau_code,
        bureau_name,
        tier,
        tier_no,
        unit_code,
        unit_name,
        project_code,
        object_name,
        basis,
        basis_zh,
        grade,
        rule_no,
        required_action_zh,
        rule_source,
        action_zh,
        case
            when is_unjudgeable then 'cannot_judge'
            when not is_required or is_as_required then 'pass'
            when is_applied then 'warn'
            when budget_year is null then 'cannot_judge'
            when {{ as_of }} >= make_date(budget_year, 1, 1) then 'fail'
            else 'warn'
        end as verdict,
        case
            when is_unjudgeable then 'no_score_or_grade'
            when is_required and not is_applied and budget_year is null then 'no_budget_year'
        end as cannot_judge_reason,
        is_required,
        is_applied,
        is_recorded,
        is_as_required,
        has_result,
        score,
        cast(cut_ratio as decimal(18, 10)) as required_cut_rate,
        try_cast({{ ratio('cut_cny', 'budget_cny') }} as decimal(18, 10)) as cut_rate,
        budget_cny,
        cut_cny,
        recovered_cny,
        applied_date,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from flagged
    where is_recorded or is_required or is_unjudgeable
)

select * from judged
