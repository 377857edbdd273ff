with

identified as (
    select * from {{ ref('int_projects_identified') }}
    where is_live_status
),

counted as (
    select
        slot_id,
        project_code,
        count(*) as row_count
    from identified
    group by slot_id, project_code
),

-- few projects are sent twice: only they are ranked
single as (
    select
        identified.*,
        cast(1 as bigint) as row_count_in_filing
    from identified
    inner join counted
        on
            identified.slot_id = counted.slot_id
            and identified.project_code = counted.project_code
    where counted.row_count = 1
),

-- the newest filing of the project, then what was finally reviewed, the latest change, the last row
ranked as (
    select
        identified.*,
        count(*) over (
            partition by identified.slot_id, identified.project_code, identified._filing_id
        ) as row_count_in_filing,
        row_number() over (
            partition by identified.slot_id, identified.project_code
            order by
                identified.sequence_no desc,
                (identified.review_status_text is not null) desc,
                identified.updated_at_text desc nulls last,
                identified._source_file desc,
                identified._source_sheet desc,
                identified._source_row desc
        ) as live_rank
    from identified
    inner join counted
        on
            identified.slot_id = counted.slot_id
            and identified.project_code = counted.project_code
    where counted.row_count > 1
),

live as (
    select * exclude (is_live_status) from single

    union all

    select * exclude (is_live_status, live_rank) from ranked
    where live_rank = 1
)

select * from live
