with

findings as (
    select * from {{ ref('int_findings_keyed') }}
),

rules as (
    select * from {{ ref('quality_rules') }}
),

waivers as (
    select * from {{ ref('waivers') }}
    where
        coalesce(approved_on <= cast('{{ var("as_of") }}' as date), true)
        and coalesce(expires_on >= cast('{{ var("as_of") }}' as date), true)
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

waived as (
    select
        findings.*,
        (
            select min(waivers.waiver_id)
            from waivers
            where
                waivers.rule_id = findings.rule_id
                and coalesce(waivers.bureau_code, findings.bureau_code)
                is not distinct from findings.bureau_code
                and coalesce(waivers.document_kind, findings.document_kind)
                is not distinct from findings.document_kind
                and coalesce(waivers.fiscal_year, findings.fiscal_year)
                is not distinct from findings.fiscal_year
                and coalesce(waivers.round_no, findings.round_no)
                is not distinct from findings.round_no
                and coalesce(waivers.project_code, findings.project_code)
                is not distinct from findings.project_code
        ) as waiver_id
    from findings
),

worded as (
    select
        waived.*,
        bureaus.bureau_name,
        explained.explanation,
        explained.explained_year,
        rules.rule_zh,
        coalesce(rules.severity, 'warning') as severity,
        coalesce(rules.effect, 'finding') as effect,
        rules.category,
        rules.owner,
        coalesce(nullif(waived.value_expected, ''), rules.expected_zh) as expected,
        coalesce(rules.message_zh, waived.rule_id) as message_template,
        coalesce(rules.how_to_fix_zh, waived.rule_id) as fix_template
    from waived
    left join rules on waived.rule_id = rules.rule_id
    left join bureaus on waived.bureau_code = bureaus.bureau_code
    left join explained
        on
            waived.bureau_code = explained.bureau_code
            and waived.finding_key = explained.finding_key
),

{% set marks = {
    'bureau': 'bureau_code', 'file': '_source_file', 'sheet': '_source_sheet', 'row': '_source_row',
    'cell': 'source_cell', 'heading': 'heading', 'found': 'value_found', 'expected': 'expected',
    'difference': 'difference'
} -%}
rendered as (
    select
        {{ row_key([
            'rule_id', 'found_by', 'bureau_code', 'document_kind', 'fiscal_year', 'round_no',
            'project_code', '_filing_id', '_file_sha256', '_source_file', '_source_sheet',
            '_source_row', 'source_cell', 'heading', 'value_found', 'value_expected'
        ]) }} as finding_id,
        finding_key,
        rule_id,
        rule_zh as rule_name,
        severity,
        effect,
        category,
        owner,
        found_by,
        bureau_code,
        bureau_name,
        document_kind,
        fiscal_year,
        round_no,
        project_code,
        source_cell,
        heading,
        value_found,
        expected as value_expected,
        difference,
        {{ render_template('message_template', marks) }} as message_zh,
        {{ render_template('fix_template', marks) }} as how_to_fix_zh,
        waiver_id,
        explanation,
        explained_year,
        explained_year is not null as is_explained,
        step,
        is_derived,
        is_current,
        cast(first_seen as date) as first_seen,
        cast(last_seen as date) as last_seen,
        _filing_id,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from worded
)

select * from rendered
