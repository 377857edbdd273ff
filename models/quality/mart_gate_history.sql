with

results as (
    select * from {{ ref('stg_ledger__gate_results') }}
),

rules as (
    select * from {{ ref('quality_rules') }}
),

kinds as (
    select * from {{ ref('ref_document_kind') }}
),

history as (
    select
        results.night_date,
        results.suite_name,
        kinds.document_kind,
        kinds.name_zh as document_kind_zh,
        results.rule_id,
        coalesce(rules.rule_zh, results.rule_id) as rule_zh,
        coalesce(rules.severity, 'warning') as severity,
        results.failing_row_count = 0 as is_passed,
        results.row_count,
        results.failing_row_count,
        try_cast({{ ratio('results.failing_row_count', 'results.row_count') }} as decimal(18, 10))
            as failing_rate,
        lag(results.night_date) over (
            partition by results.suite_name, results.rule_id order by results.night_date
        ) as previous_night_date,
        cast(
            lag({{ ratio('results.failing_row_count', 'results.row_count') }}) over (
                partition by results.suite_name, results.rule_id order by results.night_date
            ) as decimal(18, 10)
        ) as previous_failing_rate
    from results
    left join rules on results.rule_id = rules.rule_id
    left join kinds on split_part(results.suite_name, '__', 1) = kinds.document_kind
)

select * from history
