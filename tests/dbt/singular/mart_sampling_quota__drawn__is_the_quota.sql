-- Every bureau of a draw has exactly its quota, never less than the rate, and at most one spare.
with

quotas as (
    select * from {{ ref('mart_sampling_quota') }}
),

short as (
    select * from quotas
    where
        drawn_count <> quota_count
        or drawn_rate < quota_rate
        or spare_count > 1
        or quota_count > frame_count
)

select * from short
