with

dated as (
    select * from {{ ref('int_findings_dated') }}
),

-- a rule that is suspended or on trial is looked for, but nobody is told
rules as (
    select * from {{ ref('quality_rules') }}
    where
        status = 'active'
        and coalesce(valid_from <= cast('{{ var("as_of") }}' as date), true)
        and coalesce(valid_to >= cast('{{ var("as_of") }}' as date), true)
),

steps as (
    select * from {{ ref('ref_label') }}
    where label_set = 'finding_step'
),

stepped as (
    select
        dated.*,
        rules.step,
        cast(steps.sort_no as integer) as step_no,
        rules.severity,
        row_number() over () as finding_no
    from dated
    inner join rules on dated.rule_id = rules.rule_id
    left join steps on rules.step = steps.code
),

-- «follows from» by the catalogue: the same project of the same form, or of any form where the
-- finding itself compares forms; what is said of one line follows only from that line
consequences as (
    select
        rules.rule_id,
        rules.step like 'cross_%' as is_of_several_forms,
        rules.step = 'row' as is_of_one_row,
        causes.cause_id
    from rules
    cross join
        unnest(string_split(rules.derived_from, ' ')) as causes (cause_id)  -- noqa: AL05
    where rules.derived_from is not null
),

derived_by_rule as (
    select distinct effects.finding_no
    from stepped as effects
    inner join consequences on effects.rule_id = consequences.rule_id
    inner join stepped as causes
        on
            consequences.cause_id = causes.rule_id
            and effects.bureau_code = causes.bureau_code
            and effects.fiscal_year = causes.fiscal_year
            and effects.project_code = causes.project_code
            and effects.is_current = causes.is_current
    where
        (consequences.is_of_several_forms or effects._filing_id = causes._filing_id)
        and (
            not consequences.is_of_one_row
            or not (causes.step = 'row' or starts_with(causes.rule_id, 'IND-'))
            or (
                effects._source_sheet is not distinct from causes._source_sheet
                and effects._source_row is not distinct from causes._source_row
            )
        )
),

-- a cell that cannot be read is wrong once, whatever else is then found of it
derived_by_cell as (
    select distinct effects.finding_no
    from stepped as effects
    inner join stepped as causes
        on
            effects._filing_id = causes._filing_id
            and effects._source_sheet = causes._source_sheet
            and effects.source_cell = causes.source_cell
    where
        causes.step = 'cell'
        and causes.severity in ('error', 'warning')
        and effects.step_no > causes.step_no
),

judged as (
    select
        stepped.* exclude (finding_no, severity),
        derived_by_rule.finding_no is not null or derived_by_cell.finding_no is not null
            as is_derived
    from stepped
    left join derived_by_rule on stepped.finding_no = derived_by_rule.finding_no
    left join derived_by_cell on stepped.finding_no = derived_by_cell.finding_no
)

select * from judged
