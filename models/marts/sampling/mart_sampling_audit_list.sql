with

tickets as (
    select * from {{ ref('int_draw_tickets_ranked') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- random picks, recommended picks beside them, and one spare for each bureau
items as (
    select
        *,
        case
            when is_drawn and is_census then 'certainty'
            when is_drawn then 'random'
            when is_recommended then 'recommended'
            else 'random'
        end as selection_method
    from tickets
    where is_drawn or is_recommended or is_spare
),

list as (
    select
        items.draw_id,
        items.frame_kind,
        items.fiscal_year,
        items.bureau_code,
        coalesce(bureaus.bureau_name, items.bureau_code) as bureau_name,
        bureaus.tier,
        items.unit_name,
        items.project_code,
        items.project_name,
        items.selection_method,
        items.is_spare,
        items.is_recommended,
        items.ticket,
        cast(items.ticket_rank as integer) as ticket_rank,
        case
            when items.is_drawn and items.is_recommended
                then '随机抽取（同时推荐：' || items.recommend_reason || '）'
            when items.is_drawn and items.is_census then '全部抽取'
            when items.is_drawn then '随机抽取'
            when items.is_recommended then items.recommend_reason
            else '备用（该单位下一票号）'
        end as reason,
        cast(items.amount_cny as decimal(20, 2)) as amount_cny,
        items.seed,
        items.frame_sha256
    from items
    left join bureaus
        on
            items.bureau_code = bureaus.bureau_code
            and items.fiscal_year = bureaus.fiscal_year
)

select * from list
