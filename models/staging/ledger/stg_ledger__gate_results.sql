with gate_results as (
    select * from {{ source('ops', 'gate_result') }}
),

gate_results_typed as (
    select
        cast(night_date as date) as night_date,
        suite_name,
        rule_id,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(failing_row_count) as bigint) as failing_row_count
    from gate_results
    group by all
)

select * from gate_results_typed
