with

judged as (
    select * from {{ ref('int_indicators_judged') }}
),

groups_linked as (
    select * from {{ ref('int_indicator_groups_linked') }}
    where link_status = 'orphan'
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

labels as (
    select * from {{ ref('ref_label') }}
),

sheets_with_reasons as (
    select distinct
        _filing_id,
        _source_sheet
    from {{ source('raw', 'field_positions') }}
    where table_name = 'indicators' and field in ('deviation_reason', 'reason_note')
),

orphans as (
    select
        'QC-009' as rule_id,
        filings.bureau_code,
        filings.document_kind,
        filings.fiscal_year,
        filings.round_no,
        groups_linked.project_code,
        'project_code' as field,
        coalesce(groups_linked.sent_project_code, groups_linked.sent_project_name) as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        groups_linked._filing_id,
        filings._file_sha256,
        filings._source_file,
        groups_linked._source_sheet,
        groups_linked._project_row as _source_row,
        filings.received_at as _loaded_at
    from groups_linked
    inner join filings on groups_linked._filing_id = filings.filing_id
),

scores_over as (
    select
        'QC-010' as rule_id,
        {{ line_identity() }},
        'score' as field,
        judged.score_text as value_found,
        '不超过' || {{ plain_number('judged.weight') }} as value_expected,
        cast(judged.declared_score - judged.weight as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.declared_score > judged.weight
        and judged.declared_score > judged.weight + thresholds.tolerance_score
),

-- blanks, prompts and placeholders are found cell by cell before the build
targets_unreadable as (
    select
        'QC-013' as rule_id,
        {{ line_identity() }},
        'target_value' as field,
        judged.target_text as value_found,
        labels.label_zh as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join labels
        on
            labels.label_set = 'unreadable_reason'
            and judged.target_unreadable_reason = labels.code
    where
        judged.target_kind = 'unreadable'
        and judged.target_unreadable_reason not in (
            'blank', 'prompt', 'placeholder', 'bad_date', 'garbled'
        )
),

actuals_unjudged as (
    select
        'QC-014' as rule_id,
        {{ line_identity() }},
        'actual_value' as field,
        judged.actual_text as value_found,
        coalesce(judged.target_text, '') || '（' || labels.label_zh || '）' as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join labels
        on
            labels.label_set = 'cannot_judge_reason'
            and judged.cannot_judge_reason = labels.code
    where
        judged.cannot_judge_reason in (
            'actual_unreadable', 'kind_mismatch', 'unit_mismatch', 'scale_ambiguous'
        )
        and judged.actual_text is not null
        -- a worded goal may be answered in other words, or by the share that was reached
        and not coalesce(
            judged.target_kind = 'qualitative'
            and (judged.actual_kind = 'qualitative' or coalesce(judged.actual_unit = '%', false)),
            false
        )
        -- what was found by itself, cell by cell, is not said again
        and {{ match_text('judged.actual_text') }}
        is distinct from {{ match_text('judged.target_text') }}
),

-- a quantity is counted
quantities_worded as (
    select
        'QC-020' as rule_id,
        {{ line_identity() }},
        'target_value' as field,
        judged.target_text as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.level2_type = '11'
        and judged.target_kind = 'qualitative'
),

-- money that may only grow: savings and income are named so
costs_unbounded as (
    select
        'QC-022' as rule_id,
        {{ line_identity() }},
        'target_value' as field,
        judged.target_text as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        (judged.level2_type in ('14', 'C1', 'C2', 'C3') or judged.level1_type = 'C')
        and judged.target_operator in ('>=', '>')
        -- a bare number says nothing of the direction
        and regexp_matches(judged.target_text, '[≥≧⩾>＞﹥]|不低于|不少于|不小于|大于|以上')
        and judged.target_unit like '%元%'
        and not regexp_matches(judged.level3, '节约|节省|降低|减少|收入|收益|筹|效益|产值')
),

-- the most that any published way of scoring gives
scores_possible as (
    select
        judged.*,
        case
            when judged.target_kind in ('qualitative', 'date') and judged.actual_kind <> 'date'
                then case
                    when judged.completion_rate = thresholds.completion_partly
                        then judged.weight * 0.8
                    when judged.completion_rate = thresholds.completion_not_achieved
                        then judged.weight * 0.6
                end
            when judged.target_kind <> 'quantitative' or judged.completion_rate >= 1 then null
            when judged.target_operator in ('>=', '>', '=')
                then judged.weight * judged.completion_rate
            when
                judged.target_operator in ('<=', '<')
                and judged.target_number > 0
                and coalesce(judged.actual_unit, judged.target_unit, '')
                = coalesce(judged.target_unit, '')
                then judged.weight * {{ ratio('judged.target_number', 'judged.actual_number') }}
        end as possible_score
    from judged
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.document_kind = 'self_evaluation'
        and judged.declared_score > 0
        and judged.completion_rate < 1
),

scores_beyond_formula as (
    select
        'QC-023' as rule_id,
        {{ line_identity() }},
        'score' as field,
        judged.score_text as value_found,
        cast(cast(judged.possible_score as decimal(18, 2)) as varchar) as value_expected,
        cast(cast(judged.declared_score - judged.possible_score as decimal(18, 2)) as varchar)
            as difference,
        {{ line_source() }}
    from scores_possible as judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.declared_score - judged.possible_score > thresholds.tolerance_score
        and judged.declared_score <= judged.weight
),

overachieved as (
    select
        'QC-025' as rule_id,
        {{ line_identity() }},
        'actual_value' as field,
        judged.actual_text as value_found,
        judged.target_text as value_expected,
        cast(try_cast(
            {{ ratio('judged.actual_number', 'judged.target_number') }} as decimal(18, 2)
        ) as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged.document_kind = 'self_evaluation'
        and judged.reason_text is null
        and judged.target_kind = 'quantitative'
        and judged.actual_kind = 'quantitative'
        and judged.completion_rate = 1
        and judged.target_operator in ('>=', '>', '=')
        and judged.target_number > 0
        and coalesce(judged.actual_unit, judged.target_unit, '') = coalesce(judged.target_unit, '')
        and {{ ratio('judged.actual_number', 'judged.target_number') }}
        >= thresholds.selfeval_over_reason_from
),

-- the second line of the same name, level and target
lines_repeated as (
    select
        'QC-026' as rule_id,
        {{ line_identity() }},
        'level3' as field,
        judged.level3 as value_found,
        '第' || first_value(judged._source_row) over same_lines || '行' as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    where judged.level3 is not null and judged.target_text is not null
    window same_lines as (
        partition by
            judged.slot_id,
            judged.project_code,
            judged._filing_id,
            judged._source_sheet,
            {{ match_text('judged.level2') }},
            {{ match_text('judged.level3') }},
            {{ match_text('judged.target_text') }}
        order by judged._source_row
    )
    qualify row_number() over same_lines > 1
),

-- 数量指标 under 效益指标: a code of level 2 begins with that of level 1
levels_apart as (
    select
        'QC-027' as rule_id,
        {{ line_identity() }},
        'level2' as field,
        judged.level2 as value_found,
        judged.level1 as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    where
        judged.level1_type in ('1', '2', '3')
        and left(judged.level2_type, 1) in ('1', '2', '3')
        and left(judged.level2_type, 1) <> judged.level1_type
        -- older forms have 满意度 as a group of 效益
        and not (judged.level1_type = '2' and judged.level2_type = '31')
    qualify
        row_number() over (
            partition by
                judged.slot_id,
                judged.project_code,
                judged._filing_id,
                judged._source_sheet,
                judged.level1,
                judged.level2
            order by judged._source_row
        ) = 1
),

-- the other lines of the form have both
points_missing as (
    select
        if(judged.score_text is null, 'QC-029', 'QC-030') as rule_id,
        {{ line_identity() }},
        if(judged.score_text is null, 'score', 'weight') as field,
        judged.level3 as value_found,
        coalesce(judged.weight_text, judged.score_text) as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    where judged.document_kind = 'self_evaluation' and judged.is_applicable
    qualify
        (judged.score_text is null) <> (judged.weight_text is null)
        and bool_or(judged.weight is not null and judged.declared_score is not null) over (
            partition by judged.slot_id, judged.project_code, judged._filing_id
        )
),

-- line by line, once where no column is for reasons
reasons_missing as (
    select
        'QC-028' as rule_id,
        {{ line_identity() }},
        'deviation_reason' as field,
        judged.actual_text as value_found,
        judged.target_text as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from judged
    inner join filings on judged._filing_id = filings.filing_id
    left join sheets_with_reasons
        on
            judged._filing_id = sheets_with_reasons._filing_id
            and judged._source_sheet = sheets_with_reasons._source_sheet
    where
        judged.document_kind = 'self_evaluation'
        and judged.completion_rate < 1
        and judged.reason_text is null
    qualify
        sheets_with_reasons._filing_id is not null
        or row_number() over (
            partition by judged.slot_id, judged.project_code, judged._filing_id
            order by judged._source_row
        ) = 1
),

-- one bare number for every target, whatever the target
constants as (
    select
        judged.slot_id,
        judged.project_code,
        judged._filing_id,
        judged._source_sheet,
        count(*) as line_count,
        min(judged.actual_text) as actual_text,
        min(judged._source_row) as first_row
    from judged
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where judged.document_kind <> 'goal' and judged.actual_text is not null
    group by all
    having
        count(*) >= max(thresholds.tell_min_lines)
        and count(distinct judged.actual_text) = 1
        and count(distinct judged.target_text) = count(*)
        and bool_and(judged.actual_kind = 'quantitative' and judged.actual_unit is null)
),

actuals_constant as (
    select
        'QC-021' as rule_id,
        {{ line_identity() }},
        'actual_value' as field,
        constants.line_count || '个指标的完成值都是「' || constants.actual_text || '」' as value_found,
        cast(null as varchar) as value_expected,
        cast(null as varchar) as difference,
        {{ line_source() }}
    from constants
    inner join judged
        on
            constants.slot_id = judged.slot_id
            and constants.project_code = judged.project_code
            and constants._filing_id = judged._filing_id
            and constants._source_sheet = judged._source_sheet
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged._source_row = constants.first_row
),

-- 「产出指标（50分）」: what the heading of a group says its lines are worth
groups_weighed as (
    select
        judged.slot_id,
        judged.project_code,
        judged._filing_id,
        judged._source_sheet,
        judged.level1,
        max(try_cast(
            regexp_extract(judged.level1, '[（(]([0-9]+([.][0-9]+)?)分[)）]', 1) as decimal(9, 4)
        )) as stated_weight,
        sum(judged.weight) as weight_total,
        min(judged._source_row) as first_row
    from judged
    where regexp_matches(judged.level1, '[（(][0-9]+([.][0-9]+)?分[)）]')
    group by all
    having count(*) = count(judged.weight)
),

groups_off as (
    select
        'QC-024' as rule_id,
        {{ line_identity() }},
        'level1' as field,
        judged.level1 as value_found,
        cast(groups_weighed.weight_total as varchar) as value_expected,
        cast(groups_weighed.stated_weight - groups_weighed.weight_total as varchar) as difference,
        {{ line_source() }}
    from groups_weighed
    inner join judged
        on
            groups_weighed.slot_id = judged.slot_id
            and groups_weighed.project_code = judged.project_code
            and groups_weighed._filing_id = judged._filing_id
            and groups_weighed._source_sheet = judged._source_sheet
            and groups_weighed.level1 = judged.level1
    inner join filings on judged._filing_id = filings.filing_id
    left join thresholds on judged.fiscal_year = thresholds.fiscal_year
    where
        judged._source_row = groups_weighed.first_row
        and abs(groups_weighed.stated_weight - groups_weighed.weight_total)
        > thresholds.tolerance_weight
),

raised as (
    {%- for rule in [
        'orphans', 'scores_over', 'targets_unreadable', 'actuals_unjudged', 'quantities_worded',
        'costs_unbounded', 'scores_beyond_formula', 'overachieved', 'actuals_constant',
        'groups_off', 'lines_repeated', 'levels_apart', 'reasons_missing',
        'points_missing'
    ] %}
    select * from {{ rule }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

located as (
    select
        rule_id,
        bureau_code,
        document_kind,
        fiscal_year,
        round_no,
        project_code,
        'indicators' as table_name,
        field,
        value_found,
        value_expected,
        difference,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        cast(null as integer) as project_row,
        _loaded_at
    from raised
)

select * from located
