with

explanations as (
    select * from {{ ref('int_finding_explanations_dated') }}
),

findings as (
    select * from {{ ref('fct_finding') }}
),

explained as (
    select * from {{ ref('int_findings_explained') }}
),

bureaus as (
    select
        bureau_code,
        max_by(bureau_name, valid_from) as bureau_name
    from {{ ref('dim_bureau') }}
    group by bureau_code
),

found as (
    select
        bureau_code,
        finding_key,
        max(rule_name) as rule_name,
        max(severity) as severity,
        max(document_kind) as document_kind,
        max(round_no) as round_no,
        max(message_zh) as message_zh,
        bool_or(is_current) as is_current
    from findings
    group by bureau_code, finding_key
),

newest_year as (
    select
        bureau_code,
        max(fiscal_year) as newest_fiscal_year
    from findings
    group by bureau_code
),

carried as (
    select
        bureau_code,
        explained_finding_key,
        count(*) filter (where finding_key <> explained_finding_key) as carried_count,
        count(*) as explained_count
    from explained
    group by bureau_code, explained_finding_key
),

judged as (
    select
        explanations.bureau_code,
        bureaus.bureau_name,
        explanations.finding_key,
        explanations.rule_id,
        found.rule_name,
        found.severity,
        found.document_kind,
        explanations.fiscal_year,
        found.round_no,
        found.message_zh,
        explanations.explanation,
        explanations.explained_by,
        case
            when found.severity = 'error' then 'not_accepted'
            when carried.explained_count > 0 and coalesce(found.is_current, false)
                then 'attached'
            when carried.carried_count > 0 then 'carried_forward'
            when found.finding_key is null then 'unknown'
            when explanations.valid_through_year < newest_year.newest_fiscal_year then 'expired'
            else 'finding_gone'
        end as status,
        cast(coalesce(carried.carried_count, 0) as bigint) as carried_count,
        cast(explanations.valid_through_year as integer) as valid_through_year,
        explanations.explained_date,
        explanations.received_date,
        explanations._filing_id,
        explanations._file_sha256,
        explanations._source_file,
        explanations._source_sheet,
        explanations._source_row
    from explanations
    left join bureaus on explanations.bureau_code = bureaus.bureau_code
    left join newest_year on explanations.bureau_code = newest_year.bureau_code
    left join found
        on
            explanations.bureau_code = found.bureau_code
            and explanations.finding_key = found.finding_key
    left join carried
        on
            explanations.bureau_code = carried.bureau_code
            and explanations.finding_key = carried.explained_finding_key
)

select * from judged
