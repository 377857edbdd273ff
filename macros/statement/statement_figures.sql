{#-
Figures (说明数字) of the annual statement (年度情况说明). A statement is a list of entries:

    item     item code of the statement, e.g. S0-07
    figure   name of the figure within the item
    table    the mart whose rows are behind it
    measure  SQL aggregate over those rows
    filter   which rows; columns of the table only; absent = every row
    year     work_year, or fiscal_year with what leads to the work year (fiscal_year + 1)
    split    all, or tier: a value per tier as well
    span     up_to = the rows of every year up to the work year; absent = of that year
    is_text  the measure is a text

What a figure counts is exactly what its filter lists, so both are made from the same predicate.
-#}

{#- The statement of this jurisdiction, as in ref_jurisdiction. -#}
{%- macro statement_name() -%}
    {{ return({
        'xinjiang': 'xinjiang-2020',
        'zhejiang': 'zhejiang-2021',
        'qingdao': 'qingdao-2022',
        'kunming-edz': 'kunming-edz-2021',
        'urumqi-htz': 'urumqi-htz-2022'
    }[var('jurisdiction')]) }}
{%- endmacro -%}

{#- Tiers (级次) of this jurisdiction from the top, as in ref_tier. -#}
{%- macro statement_tiers() -%}
    {{ return({
        'xinjiang': ['region', 'prefecture', 'county'],
        'zhejiang': ['province', 'city', 'county'],
        'qingdao': ['city', 'district'],
        'kunming-edz': ['zone'],
        'urumqi-htz': ['zone']
    }[var('jurisdiction')]) }}
{%- endmacro -%}

{%- macro statement_definitions() -%}
    {%- set statements = {
        'xinjiang-2020': xinjiang_2020,
        'zhejiang-2021': zhejiang_2021,
        'qingdao-2022': qingdao_2022,
        'kunming-edz-2021': kunming_edz_2021,
        'urumqi-htz-2022': urumqi_htz_2022
    } -%}
    {{ return(statements[statement_name()]()) }}
{%- endmacro -%}

{#- (split, predicate) pairs; every table of a statement has the column tier. -#}
{%- macro statement_splits(split_kind) -%}
    {%- set splits = [('all', none)] -%}
    {%- set tiers = statement_tiers() -%}
    {%- if split_kind == 'tier' and tiers | length > 1 -%}
        {%- set lower = "'" ~ tiers[1:] | join("', '") ~ "'" -%}
        {%- do splits.append(('tier_1', "tier = '" ~ tiers[0] ~ "'")) -%}
        {%- do splits.append(('lower', 'tier in (' ~ lower ~ ')')) -%}
        {%- for tier in tiers[1:] -%}
            {%- do splits.append(('tier_' ~ (loop.index + 1), "tier = '" ~ tier ~ "'")) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(splits) }}
{%- endmacro -%}

{#- One entry per figure and split, with what its SQL is made of. -#}
{%- macro statement_cells(definitions) -%}
    {%- set cells = [] -%}
    {%- for definition in definitions -%}
        {%- set year = definition.year.split(' + ') -%}
        {%- set measure = definition.measure.split() | join(' ') -%}
        {%- for split, split_predicate in statement_splits(definition.split) -%}
            {%- set predicates = [] -%}
            {%- if definition.filter -%}
                {%- set is_choice = ' or ' in definition.filter -%}
                {%- do predicates.append(
                    '(' ~ definition.filter ~ ')' if is_choice else definition.filter
                ) -%}
            {%- endif -%}
            {%- if split_predicate -%}
                {%- do predicates.append(split_predicate) -%}
            {%- endif -%}
            {%- do cells.append({
                'item': definition.item,
                'figure': definition.figure,
                'split': split,
                'table': definition.table,
                'measure': measure,
                'predicate': predicates | join(' and ') or 'true',
                'year_column': year[0],
                'year_lag': year[1] | int if year | length > 1 else 0,
                'is_cumulative': definition.span == 'up_to',
                'is_text': definition.is_text or false,
                'is_zero_if_empty': not (
                    definition.is_text or ' / ' in measure or measure.startswith('max(')
                )
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro -%}

{#- Select: the work years of which any table of the statement has a row. -#}
{%- macro statement_years(definitions) -%}
    {%- set sources = [] -%}
    {%- for cell in statement_cells(definitions) -%}
        {%- set source = (cell.table, cell.year_column, cell.year_lag) -%}
        {%- if not cell.is_cumulative and source not in sources -%}
            {%- do sources.append(source) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for table, year_column, year_lag in sources %}
    select {{ year_column }} + {{ year_lag }} as work_year
    from {{ ref(table) }}
    group by {{ year_column }} + {{ year_lag }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Select: what each figure is counted from, one row per figure and split. -#}
{%- macro statement_sources(definitions) -%}
    {%- for cell in statement_cells(definitions) %}
    select
        '{{ cell.item }}' as item_code,
        '{{ cell.figure }}' as figure,
        '{{ cell.split }}' as split,
        '{{ cell.table }}' as drill_table,
        '{{ cell.measure | replace("'", "''") }}' as drill_measure,
        '{{ cell.predicate | replace("'", "''") }}' as drill_predicate,
        '{{ cell.year_column }}' as year_column,
        {{ cell.year_lag }} as year_lag,
        {{ cell.is_cumulative | string | lower }} as is_cumulative,
        {{ cell.is_zero_if_empty | string | lower }} as is_zero_if_empty
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#-
Select: one row per figure, split and work year that has rows; values in the unit of the table
(yuan, share of 1). `years` is a relation with the work years, for the figures that run up to one.
-#}
{%- macro statement_values(definitions, years) -%}
    {%- for cell in statement_cells(definitions) %}
    select
        '{{ cell.item }}' as item_code,
        '{{ cell.figure }}' as figure,
        '{{ cell.split }}' as split,
        {%- if cell.is_cumulative %}
        reached.reached_year as work_year,
        {%- else %}
        {{ cell.year_column }} + {{ cell.year_lag }} as work_year,
        {%- endif %}
        {%- if cell.is_text %}
        cast(null as decimal(38, 10)) as raw_value,
        cast({{ cell.measure }} as varchar) as value_text
        {%- else %}
        cast({{ cell.measure }} as decimal(38, 10)) as raw_value,
        cast(null as varchar) as value_text
        {%- endif %}
    from {{ ref(cell.table) }}
    {%- if cell.is_cumulative %}
    inner join (select work_year as reached_year from {{ years }}) as reached
        on {{ cell.year_column }} + {{ cell.year_lag }} <= reached.reached_year
    {%- endif %}
    where {{ cell.predicate }}
    group by
        {{ 'reached.reached_year' if cell.is_cumulative
            else cell.year_column ~ ' + ' ~ cell.year_lag }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Units are known by code, else by name. -#}
{%- macro distinct_units() -%}
    count(distinct concat_ws('|', bureau_code, coalesce(unit_code, unit_name)))
{%- endmacro -%}

{#- Problems whose reply was due by the date of the data. -#}
{%- macro problems_due() -%}
    due_date <= cast('{{ var("as_of") }}' as date)
{%- endmacro -%}
