with

waivers as (
    select * from {{ ref('waivers') }}
),

rules as (
    select * from {{ ref('quality_rules') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
    where waiver_id is not null
),

used as (
    select
        waiver_id,
        count(*) as finding_count,
        count(*) filter (where is_current) as current_finding_count,
        count(*) filter (where severity = 'error') as error_count,
        count(*) filter (where severity = 'warning') as warning_count
    from findings
    group by waiver_id
),

counted as (
    select
        waivers.waiver_id,
        waivers.rule_id,
        rules.rule_zh as rule_name,
        waivers.bureau_code,
        waivers.document_kind,
        waivers.fiscal_year,
        waivers.round_no,
        waivers.project_code,
        waivers.reason,
        waivers.approved_by,
        waivers.approved_on as approved_date,
        waivers.expires_on as expires_date,
        case
            when rules.rule_id is null then 'unknown_rule'
            when waivers.approved_on > cast('{{ var("as_of") }}' as date) then 'not_yet'
            when waivers.expires_on < cast('{{ var("as_of") }}' as date) then 'expired'
            when used.waiver_id is null then 'unused'
            else 'in_use'
        end as status,
        coalesce(used.finding_count, 0) as finding_count,
        coalesce(used.current_finding_count, 0) as current_finding_count,
        coalesce(used.error_count, 0) as error_count,
        coalesce(used.warning_count, 0) as warning_count,
        date_diff('day', cast('{{ var("as_of") }}' as date), waivers.expires_on)
            as days_to_expiry_count
    from waivers
    left join rules on waivers.rule_id = rules.rule_id
    left join used on waivers.waiver_id = used.waiver_id
)

select * from counted
