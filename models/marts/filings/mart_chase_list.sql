with

statuses as (
    select * from {{ ref('mart_filing_status') }}
    where is_owed and (status in ('late', 'rejected') or is_stale)
),

quarantined as (
    select * from {{ ref('int_receipts_quarantined') }}
),

rules as (
    select * from {{ ref('quality_rules') }}
),

bureaus as (
    select * from {{ ref('int_bureaus_named') }}
),

-- what was sent for the slot and refused after anything that counts
refused as (
    select
        statuses.document_kind,
        statuses.fiscal_year,
        statuses.round_no,
        statuses.bureau_code,
        quarantined.refused_by_rules,
        quarantined.received_at,
        quarantined._file_sha256,
        quarantined._source_file,
        row_number() over (
            partition by
                statuses.document_kind, statuses.fiscal_year, statuses.round_no,
                statuses.bureau_code
            order by quarantined.received_at desc, quarantined._source_file desc
        ) as recency_no
    from statuses
    inner join quarantined
        on
            statuses.bureau_code = quarantined.bureau_code
            and statuses.document_kind = quarantined.document_kind
            and statuses.fiscal_year = coalesce(quarantined.fiscal_year, statuses.fiscal_year)
            and statuses.round_no
            is not distinct from coalesce(quarantined.round_no, statuses.round_no)
    where coalesce(quarantined.received_at >= statuses.received_at, true)
),

last_refused as (
    select * from refused
    where recency_no = 1
),

refused_rules as (
    select
        document_kind,
        fiscal_year,
        round_no,
        bureau_code,
        unnest(string_split(refused_by_rules, ',')) as rule_id
    from last_refused
),

worded as (
    select
        refused_rules.document_kind,
        refused_rules.fiscal_year,
        refused_rules.round_no,
        refused_rules.bureau_code,
        string_agg(
            coalesce(rules.rule_zh, refused_rules.rule_id), '；' order by refused_rules.rule_id
        ) as refused_reason_zh
    from refused_rules
    left join rules on refused_rules.rule_id = rules.rule_id
    group by all
),

reasoned as (
    select
        *,
        case
            when is_stale then 'replacement_rejected'
            when status = 'rejected' then 'rejected'
            else 'missing'
        end as chase_reason,
        coalesce(parent_bureau_code, bureau_code) as chasing_bureau_code
    from statuses
),

chased as (
    select
        reasoned.chasing_bureau_code,
        coalesce(chasing.bureau_name, reasoned.chasing_bureau_code) as chasing_bureau_name,
        reasoned.bureau_code,
        reasoned.bureau_name,
        reasoned.tier,
        reasoned.tier_no,
        reasoned.document_kind,
        reasoned.fiscal_year,
        reasoned.work_year,
        reasoned.round_no,
        reasoned.chase_reason,
        case reasoned.chase_reason
            when 'missing' then '尚未报送，请立即报送；确无内容的请书面作零申报。'
            when 'rejected' then '报送文件已退回，请按退回原因改正后重新报送。'
            else '重新报送的文件已退回，现仍沿用此前报送的内容，请按退回原因改正后再报。'
        end as required_action_zh,
        worded.refused_reason_zh,
        coalesce(reasoned.due_date < reasoned.as_of_date, false) as is_overdue,
        reasoned.is_extended,
        reasoned.due_date,
        cast(
            greatest(date_diff('day', reasoned.due_date, reasoned.as_of_date), 0) as integer
        ) as overdue_days,
        cast(last_refused.received_at as date) as refused_date,
        reasoned.rejected_file_count,
        reasoned.error_count,
        reasoned.warning_count,
        reasoned.as_of_date,
        last_refused._file_sha256,
        last_refused._source_file
    from reasoned
    left join last_refused
        on
            reasoned.document_kind = last_refused.document_kind
            and reasoned.fiscal_year = last_refused.fiscal_year
            and reasoned.round_no is not distinct from last_refused.round_no
            and reasoned.bureau_code = last_refused.bureau_code
    left join worded
        on
            reasoned.document_kind = worded.document_kind
            and reasoned.fiscal_year = worded.fiscal_year
            and reasoned.round_no is not distinct from worded.round_no
            and reasoned.bureau_code = worded.bureau_code
    left join bureaus as chasing
        on
            reasoned.chasing_bureau_code = chasing.bureau_code
            and reasoned.fiscal_year = chasing.fiscal_year
)

select * from chased
