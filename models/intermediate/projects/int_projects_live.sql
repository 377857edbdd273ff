with

identified as (
    select * from {{ ref('int_projects_identified') }}
),

-- the newest filing of the project, then what was finally reviewed, the latest change, the last row
ranked as (
    select
        *,
        row_number() over (
            partition by slot_id, project_code
            order by
                sequence_no desc,
                (review_status_text is not null) desc,
                updated_at_text desc nulls last,
                _source_file desc,
                _source_sheet desc,
                _source_row desc
        ) as live_rank,
        count(*) over (partition by slot_id, project_code, _filing_id) as row_count_in_filing
    from identified
    where is_live_status
),

live as (
    select
        * exclude (live_rank, is_live_status)
    from ranked
    where live_rank = 1
)

select * from live
