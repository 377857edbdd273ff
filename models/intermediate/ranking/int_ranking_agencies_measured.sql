{%- set components = ['quality_score', 'timeliness_score', 'integrity_score', 'task_count'] -%}
with

agencies as (
    select
        *,
        coalesce(agency_code, {{ match_text('agency_name') }}) as object_code
    from {{ ref('fct_agency') }}
    where bureau_code is not null
),

-- a pool that lists an agency twice means its newest row
ranked as (
    select
        *,
        row_number() over (
            partition by work_year, bureau_code, object_code
            order by
                _loaded_at desc, _source_file desc, _source_sheet desc, _source_row desc
        ) as preference
    from agencies
    where object_code is not null
),

measured as (
    {%- for component in components %}
    select
        work_year,
        'agency' as ranking_kind,
        bureau_code as ranking_bureau_code,
        bureau_code,
        object_code,
        coalesce(agency_name, agency_code) as object_name,
        '{{ component }}' as component,
        cast(null as integer) as fiscal_year,
        cast({{ component }} as decimal(38, 6)) as numerator,
        cast(1 as decimal(38, 6)) as denominator
    from ranked
    where preference = 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from measured
