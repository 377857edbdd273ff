with

indicators as (
    select * from {{ ref('fct_indicator') }}
    where level3 is not null
),

library as (
    select * from {{ ref('fct_indicator_library') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- an indicator may be in several classes; it serves from the year it was first issued
classes as (
    select
        {{ match_text('indicator_name') }} as indicator_text,
        min(work_year) as first_year,
        min(work_year) filter (where contains(library_class, '共性')) as first_common_year,
        min(work_year) filter (where contains(library_class, '个性')) as first_individual_year,
        min(work_year) filter (where contains(library_class, '专项')) as first_special_year
    from library
    group by all
),

lines as (
    select
        fiscal_year,
        bureau_code,
        document_kind,
        level3,
        count(*) as line_count
    from indicators
    group by all
),

-- names repeat: each is compared once
level3_names as (
    select distinct level3 from lines
),

matched as (
    select
        level3_names.level3,
        classes.first_year,
        classes.first_common_year,
        classes.first_individual_year,
        classes.first_special_year
    from level3_names
    inner join classes on {{ match_text('level3_names.level3') }} = classes.indicator_text
),

counted as (
    select
        lines.fiscal_year,
        lines.bureau_code,
        lines.document_kind,
        sum(lines.line_count) as indicator_count,
        {%- for column, first_year in [
            ('matched_count', 'first_year'),
            ('common_matched_count', 'first_common_year'),
            ('individual_matched_count', 'first_individual_year'),
            ('special_matched_count', 'first_special_year')
        ] %}
        coalesce(
            sum(lines.line_count) filter (where matched.{{ first_year }} <= lines.fiscal_year), 0
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from lines
    left join matched on lines.level3 = matched.level3
    group by lines.fiscal_year, lines.bureau_code, lines.document_kind
),

matches as (
    select
        counted.fiscal_year,
        counted.bureau_code,
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        counted.document_kind,
        cast(counted.indicator_count as bigint) as indicator_count,
        cast(counted.matched_count as bigint) as matched_count,
        cast(counted.common_matched_count as bigint) as common_matched_count,
        cast(counted.individual_matched_count as bigint) as individual_matched_count,
        cast(counted.special_matched_count as bigint) as special_matched_count,
        try_cast({{ ratio('counted.matched_count', 'counted.indicator_count') }} as decimal(18, 10))
            as match_rate
    from counted
    left join bureaus
        on
            counted.bureau_code = bureaus.bureau_code
            and counted.fiscal_year = bureaus.fiscal_year
)

select * from matches
