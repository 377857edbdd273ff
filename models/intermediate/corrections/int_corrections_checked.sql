with

approved as (
    select * from {{ ref('corrections') }}
    where status = 'active' and approved_on <= cast('{{ var("as_of") }}' as date)
),

live as (
    select * from {{ ref('int_projects_live') }}
),

concerned as (
    select
        approved.correction_id,
        live.project_row_id
    from approved
    inner join live
        on
            approved.bureau_code = live.bureau_code
            and approved.document_kind = live.document_kind
            and approved.fiscal_year = live.fiscal_year
            and approved.round_no is not distinct from live.round_no
            and approved.project_code = live.project_code
),

sent as (
    {%- for kind, fields in correctable_fields().items() %}
    {%- set outer_last = loop.last %}
    {%- for field, column, text, reading in fields %}
    select
        project_row_id,
        '{{ kind }}' as document_kind,
        '{{ field }}' as field,
        '{{ reading }}' as reading,
        {{ text }} as value_found,
        money_unit
    from {{ ref('stg_' ~ kind ~ '__projects') }}
    where project_row_id in (select project_row_id from concerned)
    {{ 'union all' if not (outer_last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

compared as (
    select
        approved.*,
        concerned.project_row_id,
        sent.reading,
        sent.value_found,
        sent.money_unit,
        {%- for side in ['sent.value_found', 'approved.value_sent', 'approved.value_corrected'] %}
        coalesce(
            cast({{ clean_number(side) }} as varchar), {{ squeeze(side) }}
        ) as {{ ['found', 'expected', 'corrected'][loop.index0] }}_key,
        {%- endfor %}
        case
            when sent.reading = 'money'
                then {{ to_cny('approved.value_corrected', 'sent.money_unit') }}
        end as corrected_cny,
        case when sent.reading = 'rate' then {{ clean_rate('approved.value_corrected') }} end
            as corrected_rate,
        case when sent.reading = 'score' then {{ clean_score('approved.value_corrected') }} end
            as corrected_score,
        case when sent.reading = 'text' then {{ clean_text('approved.value_corrected') }} end
            as corrected_text
    from approved
    left join concerned on approved.correction_id = concerned.correction_id
    left join sent
        on
            concerned.project_row_id = sent.project_row_id
            and approved.document_kind = sent.document_kind
            and approved.field = sent.field
),

-- the value as sent is the tripwire: once the sender has changed it, the correction is void
judged as (
    select
        *,
        case
            when project_row_id is null then 'no_row'
            when reading is null then 'not_correctable'
            when
                corrected_cny is null and corrected_rate is null
                and corrected_score is null and corrected_text is null
                then 'unreadable'
            when coalesce(found_key, '') = coalesce(expected_key, '') then 'candidate'
            when found_key = corrected_key then 'already_corrected'
            else 'value_changed'
        end as state
    from compared
),

-- of several for one cell the newest holds
ranked as (
    select
        *,
        row_number() over (
            partition by project_row_id, field, state
            order by approved_on desc, correction_id desc
        ) as preference
    from judged
),

checked as (
    select
        * exclude (reading, found_key, expected_key, corrected_key, state, preference),
        case
            when state <> 'candidate' then state
            when preference = 1 then 'applied'
            else 'replaced'
        end as outcome,
        case
            when state = 'no_row' then 'COR-002'
            when state in ('not_correctable', 'unreadable') then 'COR-003'
            when state = 'value_changed' then 'COR-001'
            when state = 'already_corrected' then 'COR-004'
        end as rule_id
    from ranked
)

select * from checked
