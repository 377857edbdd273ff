with

lines as (
    select * from {{ ref('int_indicators_live') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- why a line cannot be judged, in the order in which one would ask
questioned as (
    select
        lines.*,
        thresholds.completion_achieved,
        thresholds.completion_partly,
        thresholds.completion_not_achieved,
        thresholds.completion_reverse_method,
        coalesce(lines.target_kind <> 'not_applicable', true) as is_applicable,
        case
            when lines.document_kind = 'goal' then 'goal_stage'
            when lines.target_kind = 'not_applicable' then 'not_applicable'
            when lines.target_kind is null or lines.target_unreadable_reason = 'blank'
                then 'target_blank'
            when lines.target_kind = 'unreadable' then 'target_unreadable'
            when
                lines.actual_kind is null
                or lines.actual_kind = 'not_applicable'
                or lines.actual_unreadable_reason = 'blank'
                then 'actual_blank'
            when lines.actual_kind = 'unreadable' then 'actual_unreadable'
            when lines.target_kind = 'quantitative' and lines.actual_kind <> 'quantitative'
                then 'kind_mismatch'
            when lines.target_kind = 'qualitative' and lines.actual_result_level is null
                then 'kind_mismatch'
            when
                lines.target_kind = 'date'
                and lines.actual_kind <> 'date'
                and lines.actual_result_level is null
                then 'kind_mismatch'
            -- 「9月前」 and 「7月」: nobody says of which year
            when
                lines.target_kind = 'date'
                and lines.actual_kind = 'date'
                and (
                    coalesce(lines.target_date_from, lines.target_date_to) is null
                    or coalesce(lines.actual_date_from, lines.actual_date_to) is null
                )
                then 'year_open'
            when lines.target_kind <> 'quantitative' then null
            when lines.target_number is null then 'target_unreadable'
            when lines.actual_number is null then 'actual_unreadable'
            when lines.is_target_scale_ambiguous or lines.is_actual_scale_ambiguous
                then 'scale_ambiguous'
            when lines.target_unit_base <> lines.actual_unit_base then 'unit_mismatch'
            when lines.target_unit_base is null and lines.actual_unit_base = '%'
                and lines.target_number <= 1
                then 'scale_ambiguous'
            when lines.actual_number_high is not null then 'actual_unreadable'
            when lines.target_number < 0 and lines.target_operator <> 'range' then case
                when lines.target_operator in ('<=', '<')
                    and lines.actual_number <= lines.target_number
                    then null
                when lines.target_operator in ('>=', '>', '=')
                    and lines.actual_number >= lines.target_number
                    then null
                else 'negative_target'
            end
        end as cannot_judge_reason,
        -- a target without a unit is compared with the bare number of the actual; 「100万」 has none
        -- either, but is 1000000
        case
            when
                lines.target_unit_base is null
                and coalesce(lines.target_number_base = lines.target_number, true)
                then lines.actual_number
            else lines.actual_number_base
        end as reached,
        coalesce(lines.target_number_base, lines.target_number) as wanted,
        coalesce(lines.target_number_high_base, lines.target_number_high) as wanted_high
    from lines
    left join thresholds on lines.fiscal_year = thresholds.fiscal_year
),

measured as (
    select
        *,
        {{ bounded_ratio('reached', 'wanted') }} as reached_share,
        case when wanted_high is not null then {{ bounded_ratio('reached', 'wanted_high') }} end
            as reached_share_high
    from questioned
),

-- scoring of self-evaluations: forward B/A, reverse by the dated method, zero targets met or not
completed as (
    select
        * exclude (wanted, wanted_high, reached, reached_share, reached_share_high),
        cast(
            case
                when cannot_judge_reason is not null then null
                when target_kind = 'date' and actual_kind = 'date' then case
                    when target_operator in ('>=', '>') and actual_date_from >= target_date_from
                        then 1
                    when target_operator in ('>=', '>') then 0
                    when actual_date_to <= target_date_to then 1
                    else 0
                end
                when target_kind in ('qualitative', 'date') then case actual_result_level
                    when 'achieved' then completion_achieved
                    when 'partly' then completion_partly
                    when 'not_achieved' then completion_not_achieved
                end
                when target_operator = 'range' then case
                    when reached between wanted and wanted_high then 1
                    when reached < wanted and reached_share > 0 and wanted > 0 then reached_share
                    when reached > wanted_high and wanted_high > 0
                        then {{ reverse_completion('reached_share_high') }}
                    else 0
                end
                when target_operator in ('<=', '<') then case
                    when reached <= wanted then 1
                    when wanted <= 0 then 0
                    else {{ reverse_completion('reached_share') }}
                end
                when target_operator = '=' and wanted = 0
                    then case when reached <= 0 then 1 else 0 end
                when wanted <= 0 then case when reached >= wanted then 1 else 0 end
                when reached_share is not null then greatest(least(reached_share, 1), 0)
            end
            as decimal(16, 14)
        ) as completion_rate
    from measured
),

-- a worded result is worth a span of the weight; a declared score inside the span stands
spanned as (
    select
        *,
        case
            when target_kind not in ('qualitative', 'date') or actual_kind = 'date' then null
            when actual_result_level = 'achieved' then 0.8
            when actual_result_level = 'partly' then 0.6
            when actual_result_level = 'not_achieved' then 0.0
        end as span_low,
        case actual_result_level
            when 'achieved' then 1.0
            when 'partly' then 0.8
            when 'not_achieved' then 0.6
        end as span_high
    from completed
),

-- what every line of a file or year has in common (hash, path, parameters) is joined where it is
-- shown: writing it two million times would cost more than judging the lines
scored as (
    select
        slot_id,
        document_kind,
        fiscal_year,
        round_no,
        bureau_code,
        project_code,
        line_no,
        level1,
        level2,
        level3,
        level1_type,
        level2_type,
        target_text,
        target_operator,
        target_number,
        target_number_high,
        target_unit,
        target_kind,
        target_unreadable_reason,
        actual_text,
        actual_operator,
        actual_number,
        actual_unit,
        actual_kind,
        actual_unreadable_reason,
        expected_text,
        likelihood,
        reason_text,
        case
            when completion_rate is null then 'cannot_judge'
            when completion_rate >= 1 then 'pass'
            when completion_rate > 0 then 'warn'
            else 'fail'
        end as verdict,
        cannot_judge_reason,
        is_applicable,
        weight_text,
        weight,
        score_text,
        declared_score,
        case
            when document_kind <> 'self_evaluation' or completion_rate is null then null
            when declared_score between weight * span_low and weight * span_high
                then declared_score
            else try_cast(
                round(cast(weight as decimal(18, 6)) * completion_rate, 2) as decimal(9, 4)
            )
        end as recomputed_score,
        completion_rate,
        _filing_id,
        _source_sheet,
        _source_row,
        _loaded_at
    from spanned
)

select * from scored
