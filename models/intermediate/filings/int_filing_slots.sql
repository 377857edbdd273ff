with

stages as (
    select * from {{ ref('int_stages_expected') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

filings as (
    select * from {{ ref('int_filings_live') }}
),

extensions as (
    select * from {{ ref('param_filing_extension') }}
    where
        jurisdiction = '{{ var("jurisdiction") }}'
        and approved_date <= cast('{{ var("as_of") }}' as date)
),

declarations as (
    select * from {{ ref('nil_declaration') }}
    where
        jurisdiction = '{{ var("jurisdiction") }}'
        and declared_date <= cast('{{ var("as_of") }}' as date)
),

code_changes as (
    select
        sent_bureau_code,
        bureau_code as valid_bureau_code,
        coalesce(fiscal_year_from, 0) as first_year,
        coalesce(fiscal_year_to, 9999) as last_year
    from {{ ref('ref_bureau_code_change') }}
),

filed_slots as (
    select distinct slot_id from filings
),

paired as (
    select
        stages.document_kind,
        stages.fiscal_year,
        {{ work_year('stages.document_kind', 'stages.fiscal_year') }} as work_year,
        stages.round_no,
        stages.due_date as calendar_due_date,
        stages.is_in_calendar and bureaus.is_in_roster as is_owed,
        bureaus.bureau_code,
        bureaus.bureau_name,
        bureaus.short_name,
        bureaus.tier,
        bureaus.tier_no,
        bureaus.parent_bureau_code,
        concat_ws(
            '-', bureaus.bureau_code, stages.document_kind, stages.fiscal_year,
            coalesce(stages.round_no, 0)
        ) as slot_id
    from stages
    inner join bureaus on stages.fiscal_year = bureaus.fiscal_year
),

-- the panel: every bureau of the roster owes what the calendar names; a month outside the calendar
-- and a bureau outside the roster appear only where something was sent
panel as (
    select paired.*
    from paired
    left join filed_slots on paired.slot_id = filed_slots.slot_id
    where paired.is_owed or filed_slots.slot_id is not null
),

extended as (
    select
        panel.slot_id,
        max_by(extensions.due_date, extensions.approved_date) as due_date,
        max_by(extensions.approved_by, extensions.approved_date) as approved_by,
        max(extensions.approved_date) as approved_date
    from panel
    inner join extensions
        on
            panel.bureau_code = extensions.bureau_code
            and panel.document_kind = extensions.document_kind
            and panel.fiscal_year = extensions.fiscal_year
            and (extensions.round_no is null or panel.round_no = extensions.round_no)
    where panel.is_owed
    group by panel.slot_id
),

declared as (
    select
        panel.slot_id,
        max(declarations.declared_date) as declared_date,
        max_by(declarations.reason, declarations.declared_date) as reason
    from panel
    inner join declarations
        on
            panel.bureau_code = declarations.bureau_code
            and panel.document_kind = declarations.document_kind
            and panel.fiscal_year = declarations.fiscal_year
            and (declarations.round_no is null or panel.round_no = declarations.round_no)
    group by panel.slot_id
),

slots as (
    select
        panel.* exclude (calendar_due_date),
        -- a bureau whose code changed between two budget years stays one bureau in the work year
        coalesce(code_changes.valid_bureau_code, panel.bureau_code) as work_bureau_code,
        panel.calendar_due_date,
        coalesce(extended.due_date, panel.calendar_due_date) as due_date,
        coalesce(extended.due_date, panel.calendar_due_date)
        < cast('{{ var("as_of") }}' as date) as is_past_due,
        extended.slot_id is not null as is_extended,
        extended.approved_by as extension_approved_by,
        extended.approved_date as extension_approved_date,
        declared.declared_date as nil_declared_date,
        declared.reason as nil_reason
    from panel
    left join extended on panel.slot_id = extended.slot_id
    left join declared on panel.slot_id = declared.slot_id
    left join code_changes
        on
            panel.bureau_code = code_changes.sent_bureau_code
            and panel.work_year >= code_changes.first_year
            and panel.work_year <= code_changes.last_year
)

select * from slots
