with

-- a weight below zero weighs nothing
lines as (
    select * replace (case when weight >= 0 then weight end as weight)
    from {{ ref('int_indicators_judged') }}
),

-- one pass over the lines; lines that do not apply are dropped from every sum
sums as (
    select
        slot_id,
        document_kind,
        bureau_code,
        fiscal_year,
        round_no,
        project_code,
        count(*) as line_count,
        count(*) filter (where is_applicable) as applicable_line_count,
        count(completion_rate) as judged_line_count,
        count(weight) filter (where is_applicable) as weighted_line_count,
        sum(weight) as weight_total,
        -- a weight that is missing beside a score counts as that score
        sum(greatest(weight, declared_score)) as weight_or_score_total,
        sum(weight) filter (where is_applicable) as applicable_weight,
        sum(weight) filter (where completion_rate is not null) as judged_weight,
        sum(cast(weight as decimal(18, 6)) * completion_rate) as weighted_completion,
        sum(completion_rate) as plain_completion,
        sum(declared_score) as declared_line_score,
        count(declared_score) as scored_line_count,
        sum(coalesce(recomputed_score, declared_score)) filter (where is_applicable)
            as recomputed_line_score,
        count(*) filter (
            where is_applicable and recomputed_score is null and declared_score is null
        ) as scoreless_line_count,
        count(*) filter (where completion_rate < 1 and reason_text is null)
            as unexplained_line_count,
        bool_or(coalesce(likelihood = 'impossible', false)) as has_impossible_line,
        max(weight) as max_weight,
        bool_or(coalesce(level1_type = '1', false)) as has_output,
        bool_or(coalesce(level1_type = '2', false)) as has_benefit,
        -- older forms have 满意度 as a group of 效益
        bool_or(coalesce(level1_type = '3' or level2_type = '31', false)) as has_satisfaction,
        count(level1_type) as typed_line_count
    from lines
    group by all
),

-- a form without weights weighs its lines equally; a blank weight beside others weighs nothing
summed as (
    select
        *,
        coalesce(applicable_weight, 0) > 0 as has_weights,
        case
            when coalesce(applicable_weight, 0) > 0
                then {{ ratio('coalesce(judged_weight, 0)', 'applicable_weight') }}
            else {{ ratio('judged_line_count', 'applicable_line_count') }}
        end as judged_weight_share,
        case
            when coalesce(applicable_weight, 0) > 0
                then {{ ratio('weighted_completion', 'judged_weight') }}
            else {{ ratio('plain_completion', 'judged_line_count') }}
        end as completion_rate
    from sums
)

select * from summed
