with

draws as (
    select * from {{ source('ops', 'draw') }}
    where seed is not null
),

frames as (
    select * from {{ source('ops', 'draw_frame') }}
),

-- anyone can repeat this: the ticket depends on nothing but the seed and the item's own key
ticketed as (
    select
        frames.draw_id,
        draws.frame_kind,
        cast(frames.fiscal_year as integer) as fiscal_year,
        frames.bureau_code,
        frames.unit_name,
        frames.project_code,
        frames.project_name,
        cast(frames.amount_cny as decimal(38, 6)) as amount_cny,
        coalesce(frames.is_recommended, false) as is_recommended,
        coalesce(nullif(frames.recommend_reason, ''), '推荐抽取') as recommend_reason,
        draws.seed,
        draws.frame_sha256,
        cast(draws.rate as decimal(9, 6)) as rate,
        {{ sha256_hex(
            "draws.seed || '|' || frames.bureau_code || '|' || frames.fiscal_year || '|'"
            ~ " || frames.project_code"
        ) }} as ticket
    from frames
    inner join draws on frames.draw_id = draws.draw_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by draw_id, bureau_code order by ticket, project_code
        ) as ticket_rank,
        count(*) over (partition by draw_id, bureau_code) as frame_count
    from ticketed
),

quotaed as (
    select
        *,
        {{ ceil_share('rate', 'frame_count') }} as quota_count
    from ranked
),

drawn as (
    select
        *,
        ticket_rank <= quota_count as is_drawn,
        rate >= 1 as is_census
    from quotaed
),

-- the spare is the next ticket that is not on the list anyhow
spared as (
    select
        *,
        coalesce(
            not is_drawn
            and not is_recommended
            and ticket_rank = min(
                case when not is_drawn and not is_recommended then ticket_rank end
            ) over (partition by draw_id, bureau_code),
            false
        ) as is_spare
    from drawn
)

select * from spared
