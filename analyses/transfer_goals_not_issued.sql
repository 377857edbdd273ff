-- 问：专项转移支付的钱已经下达，绩效目标还没有下达的有哪些？
-- 读法：每行一项转移支付和一个接收地区；区域目标和项目目标都下达才算下达；days_after_funds 为目标
-- 晚于资金的天数，空为尚未下达或没有日期。
-- 注意：同一项目分几个文号下达的是几行，金额各算各的；bureau_code 为空的是不知道接收地区；清单由下
-- 达方（filer_bureau_code）报送。
with transfers as (
    select * from {{ ref('mart_transfer_goal') }}
),

not_issued as (
    select
        transfers.work_year,
        transfers.bureau_code,
        transfers.bureau_name,
        transfers.item_name,
        transfers.document_no,
        transfers.funding_level,
        transfers.amount_cny,
        transfers.has_regional_goal,
        transfers.has_project_goal,
        transfers.verdict,
        transfers.issue_date,
        date_diff('day', transfers.issue_date, transfers.goal_issue_date) as days_after_funds,
        transfers._source_file,
        transfers._source_row
    from transfers
    where not transfers.is_issued
)

select * from not_issued
order by work_year desc, amount_cny desc nulls last, bureau_code, item_name
