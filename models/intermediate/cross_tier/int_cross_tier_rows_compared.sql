{#- kind, code, name, what else tells one row of an object from another, amount -#}
{%- set kinds = [
    ('evaluation', 'object_code', 'object_name',
     "concat_ws('|', evaluation_type, evaluated_year)", 'amount_cny'),
    ('sampling_result', 'project_code', 'project_name',
     "concat_ws('|', material_kind, evaluated_year)", 'amount_cny'),
    ('transfer_item', 'item_code', 'item_name', "''", 'amount_cny'),
    ('result_application', 'project_code', 'object_name',
     "cast(coalesce(budget_year, 0) as varchar)", 'cut_cny'),
] -%}
with

records as (
    {%- for kind, code, name, detail, amount in kinds %}
    select
        '{{ kind }}' as document_kind,
        work_year,
        bureau_code,
        filer_bureau_code,
        {{ code }} as object_code,
        {{ name }} as object_name,
        {{ match_text(name) }} as name_key,
        {{ detail }} as detail_key,
        {{ amount }} as amount_cny,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from {{ ref('fct_' ~ kind) }}
    where bureau_code is not null and coalesce({{ code }}, {{ name }}) is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

summed as (
    select
        document_kind,
        work_year,
        bureau_code,
        filer_bureau_code,
        object_code,
        name_key,
        detail_key,
        min(object_name) as object_name,
        cast(sum(amount_cny) as decimal(20, 2)) as amount_cny,
        min({
            'row_no': _source_row, 'sheet': _source_sheet, 'filing_id': _filing_id,
            'sha256': _file_sha256, 'file': _source_file
        }) as place,
        {{ row_key([
            'document_kind', 'work_year', 'bureau_code', 'filer_bureau_code', 'object_code',
            'name_key', 'detail_key'
        ]) }} as row_id
    from records
    group by
        document_kind, work_year, bureau_code, filer_bureau_code, object_code, name_key, detail_key
),

uppers as (
    select * from summed
    where filer_bureau_code <> bureau_code
),

lowers as (
    select * from summed
    where filer_bureau_code = bureau_code
),

by_code as (
    select
        uppers.row_id as upper_row_id,
        lowers.row_id as lower_row_id
    from uppers
    inner join lowers
        on
            uppers.document_kind = lowers.document_kind
            and uppers.work_year = lowers.work_year
            and uppers.bureau_code = lowers.bureau_code
            and uppers.detail_key = lowers.detail_key
            and uppers.object_code = lowers.object_code
),

-- a name speaks only where one of the two has no code
by_name as (
    select
        uppers.row_id as upper_row_id,
        lowers.row_id as lower_row_id
    from uppers
    inner join lowers
        on
            uppers.document_kind = lowers.document_kind
            and uppers.work_year = lowers.work_year
            and uppers.bureau_code = lowers.bureau_code
            and uppers.detail_key = lowers.detail_key
            and uppers.name_key = lowers.name_key
    where
        (uppers.object_code is null or lowers.object_code is null)
        and uppers.row_id not in (select upper_row_id from by_code)
        and lowers.row_id not in (select lower_row_id from by_code)
),

-- one row answers one row
matches as (
    select
        upper_row_id,
        min(lower_row_id) as lower_row_id
    from (
        select * from by_code
        union all
        select * from by_name
    ) as found
    group by upper_row_id
),

-- lists that share no object are of different things: an upper bureau evaluates on its own account
shared_slots as (
    select distinct
        uppers.document_kind,
        uppers.work_year,
        uppers.bureau_code,
        uppers.filer_bureau_code,
        uppers.detail_key
    from uppers
    inner join matches on uppers.row_id = matches.upper_row_id
),

lower_slots as (
    select distinct
        document_kind,
        work_year,
        bureau_code
    from lowers
),

upper_sides as (
    select
        uppers.document_kind,
        uppers.work_year,
        uppers.bureau_code,
        uppers.filer_bureau_code as upper_bureau_code,
        lower_slots.bureau_code is not null as is_lower_filed,
        shared_slots.bureau_code is not null as is_comparable,
        coalesce(uppers.object_code, lowers.object_code) as object_code,
        uppers.object_name,
        uppers.detail_key,
        true as has_upper,
        lowers.row_id is not null as has_lower,
        uppers.amount_cny as upper_amount_cny,
        lowers.amount_cny as lower_amount_cny,
        uppers.place as upper_place,
        lowers.place as lower_place
    from uppers
    left join matches on uppers.row_id = matches.upper_row_id
    left join lowers on matches.lower_row_id = lowers.row_id
    left join lower_slots
        on
            uppers.document_kind = lower_slots.document_kind
            and uppers.work_year = lower_slots.work_year
            and uppers.bureau_code = lower_slots.bureau_code
    left join shared_slots
        on
            uppers.document_kind = shared_slots.document_kind
            and uppers.work_year = shared_slots.work_year
            and uppers.bureau_code = shared_slots.bureau_code
            and uppers.filer_bureau_code = shared_slots.filer_bureau_code
            and uppers.detail_key = shared_slots.detail_key
),

answered as (
    select
        matches.lower_row_id,
        uppers.filer_bureau_code
    from matches
    inner join uppers on matches.upper_row_id = uppers.row_id
),

lower_sides as (
    select
        lowers.document_kind,
        lowers.work_year,
        lowers.bureau_code,
        shared_slots.filer_bureau_code as upper_bureau_code,
        true as is_lower_filed,
        true as is_comparable,
        lowers.object_code,
        lowers.object_name,
        lowers.detail_key,
        false as has_upper,
        true as has_lower,
        cast(null as decimal(20, 2)) as upper_amount_cny,
        lowers.amount_cny as lower_amount_cny,
        cast(null as struct(
            row_no integer, sheet varchar, filing_id varchar, sha256 varchar, file varchar
        )) as upper_place,
        lowers.place as lower_place
    from lowers
    inner join shared_slots
        on
            lowers.document_kind = shared_slots.document_kind
            and lowers.work_year = shared_slots.work_year
            and lowers.bureau_code = shared_slots.bureau_code
            and lowers.detail_key = shared_slots.detail_key
    left join answered
        on
            lowers.row_id = answered.lower_row_id
            and shared_slots.filer_bureau_code = answered.filer_bureau_code
    where answered.lower_row_id is null
),

sides as (
    select * from upper_sides
    union all
    select * from lower_sides
),

measured as (
    select
        *,
        upper_amount_cny - lower_amount_cny as difference_cny,
        case
            when upper_amount_cny > 0 and lower_amount_cny > 0
                then {{ ratio(
                    'greatest(upper_amount_cny, lower_amount_cny)',
                    'least(upper_amount_cny, lower_amount_cny)'
                ) }}
        end as factor
    from sides
),

-- half a percent of slack: a rounded 万元 is not exactly ten thousand times the yuan
compared as (
    select
        * exclude (factor),
        case
            when factor between 9950 and 10050 then 10000
            when factor between 99500000 and 100500000 then 100000000
        end as unit_factor,
        upper_amount_cny > lower_amount_cny as is_upper_larger
    from measured
)

select * from compared
