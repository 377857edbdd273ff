with

figures as (
    select * from {{ ref('ref_statement_figure') }}
    where statement = '{{ statement_name() }}'
),

sources as (
    select * from {{ ref('int_statement_sources') }}
),

years as (
    select * from {{ ref('int_statement_years') }}
),

computed as (
    select * from {{ ref('int_statement_figures_computed') }}
),

thresholds as (
    select * from {{ ref('int_thresholds_dated') }}
),

-- every figure stands in every year: nothing counted is said, not left out
expected as (
    select
        figures.*,
        years.work_year,
        coalesce(sources.split, 'all') as split,
        sources.drill_table,
        sources.drill_measure,
        case
            when sources.drill_table is not null
                then concat(
                    sources.drill_predicate,
                    ' and ',
                    sources.year_column,
                    case when sources.is_cumulative then ' <= ' else ' = ' end,
                    years.work_year - sources.year_lag
                )
        end as drill_filter,
        coalesce(sources.is_zero_if_empty, false) as is_zero_if_empty
    from figures
    cross join years
    left join sources
        on figures.item_code = sources.item_code and figures.figure = sources.figure
),

stated as (
    select
        expected.statement,
        expected.work_year,
        expected.item_code,
        expected.figure,
        expected.split,
        expected.sort_no,
        expected.label_zh,
        cast(
            coalesce(
                computed.raw_value, case when expected.is_zero_if_empty then 0 end
            ) * case expected.unit_scale
                when 0.01 then 100
                when 1 then 1
                when 10000 then 0.0001
                when 100000000 then 0.00000001
            end as decimal(38, 6)
        ) as value,
        computed.value_text,
        expected.unit_zh,
        expected.decimal_places,
        expected.basis,
        expected.work_year + expected.fiscal_year_offset as fiscal_year,
        expected.drill_table,
        expected.drill_filter,
        expected.drill_measure,
        expected.note_zh,
        thresholds.parameter_version
    from expected
    left join computed
        on
            expected.item_code = computed.item_code
            and expected.figure = computed.figure
            and expected.split = computed.split
            and expected.work_year = computed.work_year
    left join thresholds on expected.work_year = thresholds.fiscal_year
)

select * from stated
