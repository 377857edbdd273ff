with

figures as (
    select * from {{ ref('mart_annual_statement') }}
    where basis <> 'not_computable'
),

paired as (
    select
        figures.statement,
        figures.work_year,
        figures.item_code,
        figures.figure,
        figures.split,
        figures.sort_no,
        figures.label_zh,
        figures.unit_zh,
        figures.decimal_places,
        figures.value,
        previous.value as previous_value,
        cast(figures.value - previous.value as decimal(38, 6)) as change,
        try_cast(
            {{ ratio('figures.value - previous.value', 'abs(previous.value)') }}
            as decimal(28, 10)
        ) as change_rate
    from figures
    inner join figures as previous
        on
            figures.item_code = previous.item_code
            and figures.figure = previous.figure
            and figures.split = previous.split
            and figures.work_year = previous.work_year + 1
)

select * from paired
