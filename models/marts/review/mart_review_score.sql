with

scores as (
    select
        *,
        coalesce(object_code, {{ match_text('object_name') }}, '') as object_key,
        coalesce(unit_code, {{ match_text('unit_name') }}, '') as unit_key,
        coalesce(bureau_code, subject_bureau_text, '') as place_key
    from {{ ref('fct_review_score') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by work_year, stage, object_type, place_key, unit_key, object_key
            order by _source_file, _source_sheet, _source_row
        ) as row_in_material
    from scores
),

template_rows as (
    {{ jurisdiction_rows(ref('param_review_template'), ['stage']) }}
),

-- several reviewers of one item count once, with the mean of what they gave
items as (
    select
        work_year,
        stage,
        object_type,
        place_key,
        unit_key,
        object_key,
        aspect as aspect_key,
        item as item_key,
        max(full_score) as full_score,
        try_cast({{ ratio('sum(score)', 'count(score)') }} as decimal(18, 4)) as score
    from scores
    group by all
),

item_totals as (
    select
        work_year,
        stage,
        object_type,
        place_key,
        unit_key,
        object_key,
        count(distinct aspect_key) as aspect_count,
        count(*) filter (where score is not null) as item_count,
        count(*) filter (where score is null) as unscored_count,
        case when count(*) = count(full_score) then sum(full_score) end as full_score,
        sum(score) as score
    from items
    group by all
),

materials as (
    select
        work_year,
        stage,
        object_type,
        place_key,
        unit_key,
        object_key,
        max(bureau_code) as bureau_code,
        max(coalesce(bureau_name, subject_bureau_text)) as bureau_name,
        max(tier) as tier,
        max(tier_no) as tier_no,
        max(object_code) as object_code,
        max(object_name) as object_name,
        max(unit_code) as unit_code,
        max(unit_name) as unit_name,
        bool_or(is_third_party) as is_third_party,
        max(review_date) as review_date,
        max(_file_sha256) filter (where row_in_material = 1) as _file_sha256,
        max(_source_file) filter (where row_in_material = 1) as _source_file,
        max(_source_sheet) filter (where row_in_material = 1) as _source_sheet,
        max(_source_row) filter (where row_in_material = 1) as _source_row
    from numbered
    group by all
),

templates as (
    select
        work_years.work_year,
        template_rows.stage,
        count(*) as expected_item_count,
        count(distinct template_rows.aspect_no) as expected_aspect_count
    from (select distinct work_year from scores) as work_years
    inner join template_rows
        on
            work_years.work_year >= coalesce(template_rows.valid_from_year, 0)
            and work_years.work_year <= coalesce(template_rows.valid_to_year, 9999)
    group by work_years.work_year, template_rows.stage
),

-- what no template lists cannot be found complete
judged as (
    select
        materials.work_year,
        materials.stage,
        materials.object_type,
        materials.bureau_code,
        materials.bureau_name,
        materials.tier,
        materials.tier_no,
        materials.object_key,
        materials.object_code,
        materials.object_name,
        materials.unit_key,
        materials.unit_code,
        materials.unit_name,
        materials.is_third_party,
        case
            when
                item_totals.item_count >= templates.expected_item_count
                and item_totals.unscored_count = 0
                then 'pass'
            else 'cannot_judge'
        end as verdict,
        cast(item_totals.aspect_count as bigint) as aspect_count,
        cast(templates.expected_aspect_count as bigint) as expected_aspect_count,
        cast(item_totals.item_count as bigint) as item_count,
        cast(templates.expected_item_count as bigint) as expected_item_count,
        cast(item_totals.full_score as decimal(9, 4)) as full_score,
        cast(item_totals.score as decimal(9, 4)) as score,
        try_cast({{ ratio('item_totals.score', 'item_totals.full_score') }} as decimal(18, 10))
            as score_rate,
        materials.review_date,
        materials._file_sha256,
        materials._source_file,
        materials._source_sheet,
        materials._source_row
    from materials
    inner join item_totals
        on
            materials.work_year = item_totals.work_year
            and materials.stage is not distinct from item_totals.stage
            and materials.object_type is not distinct from item_totals.object_type
            and materials.place_key = item_totals.place_key
            and materials.unit_key = item_totals.unit_key
            and materials.object_key = item_totals.object_key
    left join templates
        on
            materials.work_year = templates.work_year
            and materials.stage = templates.stage
)

select * from judged
