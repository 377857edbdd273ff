{#- Rules on projects that need more than one cell, more than one row or more than one file. -#}
with

live as (
    select * from {{ ref('int_projects_live') }}
),

pairs as (
    select * from {{ ref('int_stage_pairs_compared') }}
),

stages as (
    select * from {{ ref('int_project_stages_aligned') }}
),

goals as (
    select * from {{ ref('int_goal_projects_corrected') }}
),

monitoring as (
    select * from {{ ref('int_monitoring_judged') }}
),

evaluations as (
    select * from {{ ref('int_self_evaluations_recomputed') }}
),

fund_lines as (
    {%- for kind in ['monitoring', 'self_evaluation'] %}
    {%- for amount in ['initial_budget', 'annual_budget', 'executed'] %}
    select
        _filing_id,
        _source_sheet,
        _project_row,
        '{{ amount }}' as field,
        {{ match_text('label') }} as label,
        {{ amount }}_cny as amount_cny
    from {{ ref('stg_' ~ kind ~ '__funds') }}
    {{ 'union all' if not (kind == 'self_evaluation' and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

sums as (
    select * from {{ ref('int_indicators_summed') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

grades as (
    {{ jurisdiction_rows(ref('param_grade_band')) }}
),

registered_slots as (
    select distinct
        bureau_code,
        fiscal_year
    from live
    where document_kind = 'project_register'
),

overspent as (
    select
        project_row_id,
        'QC-006' as rule_id,
        'executed' as field,
        cast(cast(executed_cny as decimal(20, 2)) as varchar) as value_found,
        '不超过 ' || cast(budget_cny as decimal(20, 2)) as value_expected,
        cast(cast(executed_cny - budget_cny as decimal(20, 2)) as varchar) as difference
    from (
        select project_row_id, executed_cny, budget_cny from monitoring
        union all
        select project_row_id, executed_cny, budget_cny from evaluations
    ) as executed
    where executed_cny > budget_cny and budget_cny > 0
),

-- the total of the year is its parts: fiscal appropriation, carried over, other
totals_off as (
    select
        live.project_row_id,
        'QC-001' as rule_id,
        'budget' as field,
        cast(goals.budget_cny as varchar) as value_found,
        cast(
            goals.fiscal_appropriation_cny + coalesce(goals.carried_over_cny, 0)
            + coalesce(goals.other_funds_cny, 0) as varchar
        ) as value_expected,
        cast(
            goals.budget_cny - goals.fiscal_appropriation_cny - coalesce(goals.carried_over_cny, 0)
            - coalesce(goals.other_funds_cny, 0) as varchar
        ) as difference
    from live
    inner join goals on live.project_row_id = goals.project_row_id
    left join thresholds on live.fiscal_year = thresholds.fiscal_year
    where
        live.document_kind = 'goal'
        and abs(
            goals.budget_cny - goals.fiscal_appropriation_cny - coalesce(goals.carried_over_cny, 0)
            - coalesce(goals.other_funds_cny, 0)
        ) > thresholds.tolerance_money_cny
),

-- the same in the funds block of the later forms; parts that nobody named are no fault
funds_summed as (
    select
        _filing_id,
        _source_sheet,
        _project_row,
        field,
        count(*) filter (where label like '%资金总额%') as total_count,
        coalesce(max(amount_cny) filter (where label like '%资金总额%'), 0) as total_cny,
        count(distinct label) filter (
            where regexp_matches(label, '(财政拨款|上年结转(资金)?|其他资金)$')
        ) as part_count,
        count(*) filter (
            where regexp_matches(label, '(财政拨款|上年结转(资金)?|其他资金)$')
        ) as part_line_count,
        sum(amount_cny) filter (
            where regexp_matches(label, '(财政拨款|上年结转(资金)?|其他资金)$')
        ) as parts_cny
    from fund_lines
    group by all
),

funds_off as (
    select
        live.project_row_id,
        'QC-018' as rule_id,
        funds_summed.field,
        cast(cast(funds_summed.total_cny as decimal(20, 2)) as varchar) as value_found,
        cast(cast(funds_summed.parts_cny as decimal(20, 2)) as varchar) as value_expected,
        cast(
            cast(funds_summed.total_cny - funds_summed.parts_cny as decimal(20, 2)) as varchar
        ) as difference
    from live
    inner join funds_summed
        on
            live._filing_id = funds_summed._filing_id
            and live._source_sheet = funds_summed._source_sheet
            and live._source_row = funds_summed._project_row
    left join overspent on live.project_row_id = overspent.project_row_id
    left join thresholds on live.fiscal_year = thresholds.fiscal_year
    where
        funds_summed.total_count = 1
        -- a total spent that is above its parts and above the budget is told once, as the latter
        and not (
            funds_summed.field = 'executed'
            and overspent.project_row_id is not null
            and funds_summed.total_cny > funds_summed.parts_cny
        )
        and funds_summed.part_count = funds_summed.part_line_count
        and (
            funds_summed.parts_cny - funds_summed.total_cny > thresholds.tolerance_money_cny
            or (
                funds_summed.part_count = 3
                and funds_summed.total_cny - funds_summed.parts_cny
                > thresholds.tolerance_money_cny
            )
        )
),

-- a lower score than the rate gives is the unit's own affair
execution_scores_over as (
    select
        project_row_id,
        'QC-019' as rule_id,
        'execution_score' as field,
        {{ plain_number('declared_execution_score') }} as value_found,
        {{ plain_number('coalesce(recomputed_execution_score, execution_weight)') }}
            as value_expected,
        cast(
            declared_execution_score - coalesce(recomputed_execution_score, execution_weight)
            as varchar
        ) as difference
    from evaluations
    where
        declared_execution_score - coalesce(recomputed_execution_score, execution_weight)
        > tolerance_score
),

-- what the weights would be with the groups of indicators that are missing altogether, or with
-- the scores that are above their weight: both are told by rules of their own
weights_explained as (
    select
        sums.slot_id,
        sums.project_code,
        sums.weight_or_score_total,
        sums.weight_total
        + if(
            sums.typed_line_count = sums.line_count,
            if(sums.has_output, 0, thresholds.weights_output)
            + if(sums.has_benefit, 0, thresholds.weights_benefit)
            + if(sums.has_satisfaction, 0, thresholds.weights_satisfaction),
            0
        ) as completed_total
    from sums
    left join thresholds on sums.fiscal_year = thresholds.fiscal_year
),

-- 100 points, or 90 beside the 10 of budget execution; 100 beside those 10 are 110
weights_off as (
    select
        live.project_row_id,
        'QC-002' as rule_id,
        'weight' as field,
        {{ plain_number('sums.weight_total') }} as value_found,
        case
            when live.document_kind = 'self_evaluation'
                then {{ plain_number(
                    'thresholds.selfeval_total_score - evaluations.execution_weight'
                ) }}
            else {{ plain_number('thresholds.selfeval_total_score') }}
        end as value_expected,
        cast(sums.weight_total - thresholds.selfeval_total_score as varchar) as difference
    from live
    inner join sums on live.slot_id = sums.slot_id and live.project_code = sums.project_code
    left join weights_explained
        on
            live.slot_id = weights_explained.slot_id
            and live.project_code = weights_explained.project_code
    left join thresholds on live.fiscal_year = thresholds.fiscal_year
    left join evaluations on live.project_row_id = evaluations.project_row_id
    where
        sums.has_weights
        {%- for total in ['weight_or_score_total', 'completed_total'] %}
        and coalesce(
            abs(
                weights_explained.{{ total }} - thresholds.selfeval_total_score
                + coalesce(evaluations.execution_weight, 0)
            ) > thresholds.tolerance_weight,
            true
        )
        {%- endfor %}
        and live.document_kind <> 'monitoring'
        and (
            evaluations.declared_execution_score is not null
            or abs(sums.weight_total - thresholds.selfeval_total_score)
            > thresholds.tolerance_weight
        )
        and abs(
            sums.weight_total - thresholds.selfeval_total_score
            + coalesce(evaluations.execution_weight, thresholds.selfeval_execution_weight)
        ) > thresholds.tolerance_weight
),

dimensions_missing as (
    select
        live.project_row_id,
        'QC-003' as rule_id,
        'level1' as field,
        concat_ws(
            '、',
            case when sums.has_output then '产出指标' end,
            case when sums.has_benefit then '效益指标' end,
            case when sums.has_satisfaction then '满意度指标' end
        ) as value_found,
        '产出指标、效益指标、满意度指标' as value_expected,
        cast(null as varchar) as difference
    from live
    inner join sums on live.slot_id = sums.slot_id and live.project_code = sums.project_code
    where
        live.document_kind <> 'monitoring'
        and sums.typed_line_count > 0
        -- a line of unknown level may be the one that seems missing
        and sums.typed_line_count = sums.line_count
        and not (sums.has_output and sums.has_benefit and sums.has_satisfaction)
),

repeated as (
    select
        project_row_id,
        'QC-005' as rule_id,
        'project_code' as field,
        row_count_in_filing || '行' as value_found,
        '1行' as value_expected,
        cast(row_count_in_filing - 1 as varchar) as difference
    from live
    where row_count_in_filing > 1
),

rates_off as (
    select
        rates.project_row_id,
        'QC-007' as rule_id,
        'execution_rate' as field,
        cast(cast(rates.declared_execution_rate * 100 as decimal(28, 2)) as varchar) || '%'
            as value_found,
        cast(cast(rates.execution_rate * 100 as decimal(28, 2)) as varchar) || '%'
            as value_expected,
        cast(
            cast(rates.declared_execution_rate - rates.execution_rate as decimal(28, 6)) as varchar
        ) as difference
    from (
        select project_row_id, fiscal_year, declared_execution_rate, execution_rate from monitoring
        union all
        select project_row_id, fiscal_year, declared_execution_rate, execution_rate from evaluations
    ) as rates
    left join thresholds on rates.fiscal_year = thresholds.fiscal_year
    where abs(rates.declared_execution_rate - rates.execution_rate) > thresholds.tolerance_rate
),

budgets_zero as (
    select
        project_row_id,
        'QC-008' as rule_id,
        'annual_budget' as field,
        cast(cast(budget_cny as decimal(20, 2)) as varchar) as value_found,
        '大于 0' as value_expected,
        cast(null as varchar) as difference
    from (
        select project_row_id, budget_cny from monitoring
        union all
        select project_row_id, budget_cny from evaluations
    ) as budgets
    where budget_cny = 0
),

grades_off as (
    select
        evaluations.project_row_id,
        'QC-011' as rule_id,
        'grade' as field,
        declared_bands.grade_zh as value_found,
        right_bands.grade_zh as value_expected,
        cast(null as varchar) as difference
    from evaluations
    inner join grades as declared_bands
        on
            evaluations.declared_grade = declared_bands.grade
            and evaluations.fiscal_year >= coalesce(declared_bands.valid_from_year, 0)
            and evaluations.fiscal_year <= coalesce(declared_bands.valid_to_year, 9999)
    inner join grades as right_bands
        on
            evaluations.grade = right_bands.grade
            and evaluations.fiscal_year >= coalesce(right_bands.valid_from_year, 0)
            and evaluations.fiscal_year <= coalesce(right_bands.valid_to_year, 9999)
    where evaluations.declared_grade <> evaluations.grade
),

unregistered as (
    select
        live.project_row_id,
        'QC-015' as rule_id,
        'project_code' as field,
        coalesce(live.sent_project_code, live.project_name) as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference
    from live
    inner join registered_slots
        on
            live.bureau_code = registered_slots.bureau_code
            and live.fiscal_year = registered_slots.fiscal_year
    where not live.is_in_register and live.document_kind <> 'project_register'
),

-- the same budget thousands of times larger or smaller than in the form it is compared with
units_suspect as (
    select
        live.project_row_id,
        'QC-016' as rule_id,
        'initial_budget' as field,
        cast(cast(pairs.later_initial_budget_cny as decimal(20, 2)) as varchar) as value_found,
        cast(cast(pairs.earlier_initial_budget_cny as decimal(20, 2)) as varchar)
        || case
            when pairs.later_initial_budget_cny > pairs.earlier_initial_budget_cny
                then '（本表单位疑为元）'
            else '（本表单位疑为万元）'
        end as value_expected,
        cast(try_cast(
            {{ ratio('pairs.later_initial_budget_cny', 'pairs.earlier_initial_budget_cny') }}
            as decimal(28, 4)
        ) as varchar) as difference
    from (
        select
            bureau_code, fiscal_year, project_code, document_kind, round_no,
            later_initial_budget_cny, earlier_initial_budget_cny, money_unit_suspect_ratio
        from pairs

        union all

        -- later stages say the budget of the year, which the register has as adjusted
        select
            later.bureau_code, later.fiscal_year, later.project_code, later.document_kind,
            later.round_no, later.annual_budget_cny,
            coalesce(registers.annual_budget_cny, registers.initial_budget_cny),
            thresholds.money_unit_suspect_ratio
        from stages as later
        inner join stages as registers
            on
                registers.stage_name = 'register'
                and later.stage_order > 2
                and later.bureau_code = registers.bureau_code
                and later.fiscal_year = registers.fiscal_year
                and later.project_code = registers.project_code
        left join thresholds on later.fiscal_year = thresholds.fiscal_year
        where later.initial_budget_cny is null
    ) as pairs
    inner join live
        on
            pairs.bureau_code = live.bureau_code
            and pairs.fiscal_year = live.fiscal_year
            and pairs.project_code = live.project_code
            and pairs.document_kind = live.document_kind
            and pairs.round_no is not distinct from live.round_no
    where
        pairs.later_initial_budget_cny > 0
        and pairs.earlier_initial_budget_cny > 0
        and (
            pairs.later_initial_budget_cny
            >= pairs.earlier_initial_budget_cny * pairs.money_unit_suspect_ratio
            or pairs.earlier_initial_budget_cny
            >= pairs.later_initial_budget_cny * pairs.money_unit_suspect_ratio
        )
),

inflated as (
    select
        project_row_id,
        'QC-017' as rule_id,
        'total_score' as field,
        cast(cast(indicator_rate * 100 as decimal(28, 2)) as varchar) || '%' as value_found,
        cast(cast(execution_rate * 100 as decimal(28, 2)) as varchar) || '%' as value_expected,
        cast(cast(indicator_rate - execution_rate as decimal(18, 4)) as varchar) as difference
    from evaluations
    where is_gap_red
),

raised as (
    {%- for rule in [
        'totals_off', 'weights_off', 'dimensions_missing', 'repeated', 'overspent', 'rates_off',
        'budgets_zero', 'grades_off', 'unregistered', 'units_suspect', 'inflated', 'funds_off',
        'execution_scores_over'
    ] %}
    select * from {{ rule }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

located as (
    select
        raised.rule_id,
        live.bureau_code,
        live.document_kind,
        live.fiscal_year,
        live.round_no,
        live.project_code,
        if(raised.field in ('weight', 'level1'), 'indicators', 'projects') as table_name,
        raised.field,
        raised.value_found,
        raised.value_expected,
        raised.difference,
        live._filing_id,
        live._file_sha256,
        live._source_file,
        live._source_sheet,
        live._source_row,
        live._source_row as project_row,
        live._loaded_at
    from raised
    inner join live on raised.project_row_id = live.project_row_id
)

select * from located
