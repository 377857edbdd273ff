with

findings as (
    select * from {{ ref('int_findings_keyed') }}
),

explanations as (
    select * from {{ ref('int_finding_explanations_dated') }}
    where subject_key is not null
),

rules as (
    select * from {{ ref('quality_rules') }}
),

keys_found as (
    select distinct
        findings.bureau_code,
        findings.finding_key,
        findings.rule_id,
        findings.subject_key,
        findings.fiscal_year
    from findings
    inner join rules on findings.rule_id = rules.rule_id
    where findings.bureau_code is not null and rules.severity <> 'error'
),

-- of the years for which a reason was given the nearest before counts
explained as (
    select
        keys_found.bureau_code,
        keys_found.finding_key,
        max_by(explanations.finding_key, explanations.fiscal_year) as explained_finding_key,
        max_by(explanations.explanation, explanations.fiscal_year) as explanation,
        max_by(explanations.explained_by, explanations.fiscal_year) as explained_by,
        max(explanations.fiscal_year) as explained_year
    from keys_found
    inner join explanations
        on
            keys_found.bureau_code = explanations.bureau_code
            and keys_found.rule_id = explanations.rule_id
            and keys_found.subject_key = explanations.subject_key
    where
        keys_found.finding_key = explanations.finding_key
        or keys_found.fiscal_year
        between explanations.fiscal_year and explanations.valid_through_year
    group by all
)

select * from explained
