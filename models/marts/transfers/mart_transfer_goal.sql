with

items as (
    select * from {{ ref('fct_transfer_item') }}
),

goals as (
    select
        record_id,
        work_year,
        bureau_code,
        coalesce(bureau_name, subject_bureau_text) as bureau_name,
        tier,
        tier_no,
        filer_bureau_code,
        item_code,
        item_name,
        department_name,
        document_no,
        funding_level,
        has_regional_goal,
        has_project_goal,
        has_regional_goal and has_project_goal as is_issued,
        case
            when has_regional_goal and has_project_goal then 'pass'
            else 'fail'
        end as verdict,
        amount_cny,
        issue_date,
        goal_issue_date,
        _file_sha256,
        _source_file,
        _source_sheet,
        _source_row
    from items
)

select * from goals
