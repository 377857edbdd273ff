with

filings as (
    select * from {{ ref('int_filings_live') }}
    where is_live
),

unit_names as (
    select * from {{ ref('int_overall_unit_names') }}
),

{#- column: the kinds that have it, and its type elsewhere -#}
{%- set measures = {
    'initial_budget_cny': ['overall_monitoring', 'overall_self_evaluation'],
    'annual_budget_cny': ['overall_monitoring', 'overall_self_evaluation'],
    'executed_cny': ['overall_monitoring', 'overall_self_evaluation'],
    'expected_execution_cny': ['overall_monitoring'],
    'declared_execution_rate': ['overall_monitoring', 'overall_self_evaluation'],
    'declared_score': ['overall_self_evaluation'],
    'declared_grade': ['overall_self_evaluation'],
    'is_disclosed': ['overall_self_evaluation'],
    'actual_goal': ['overall_self_evaluation']
} %}
{%- set types = {
    'declared_execution_rate': 'decimal(18, 6)', 'declared_score': 'decimal(9, 4)',
    'declared_grade': 'varchar', 'is_disclosed': 'boolean', 'actual_goal': 'varchar'
} %}
sent as (
    {%- for kind in overall_kinds() %}
    select
        unit_row_id,
        unit_code,
        unit_name,
        department_name,
        total_budget_cny,
        basic_budget_cny,
        project_budget_cny,
        overall_goal,
        {%- for column, kinds in measures.items() %}
        {%- if kind in kinds %}
        {{ column }},
        {%- else %}
        cast(null as {{ types.get(column, 'decimal(20, 2)') }}) as {{ column }},
        {%- endif %}
        {%- endfor %}
        review_status_text,
        updated_at_text,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row,
        _loaded_at
    from {{ ref('stg_' ~ kind ~ '__units') }}
    where is_live_status
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

keyed as (
    select
        filings.slot_id,
        filings.document_kind,
        filings.bureau_code,
        filings.fiscal_year,
        filings.round_no,
        filings.sequence_no,
        {{ overall_unit_key('sent', 'unit_names') }} as unit_key,
        sent.*
    from sent
    inner join filings on sent._filing_id = filings.filing_id
    left join unit_names
        on
            filings.bureau_code = unit_names.bureau_code
            and {{ match_text('sent.unit_name') }} = unit_names.name_key
),

-- the newest filing of the unit, then what was finally reviewed, the latest change, the last row
live as (
    select * exclude (sequence_no)
    from keyed
    where unit_key is not null
    qualify
        row_number() over (
            partition by slot_id, unit_key
            order by
                sequence_no desc,
                (review_status_text is not null) desc,
                updated_at_text desc nulls last,
                _source_file desc,
                _source_sheet desc,
                _source_row desc
        ) = 1
)

select * from live
