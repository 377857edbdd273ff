with

tasks as (
    select * from {{ ref('fct_work_task') }}
),

keyed as (
    select
        *,
        coalesce(bureau_code, subject_bureau_text) as bureau_key,
        -- a task that names the task above it is a sub-task
        coalesce(task_type, case when parent_task_no is not null then '子任务' end)
            as known_task_type,
        {{ match_text('task_name') }} as task_text,
        coalesce(done_date <= cast('{{ var("as_of") }}' as date), false) as is_done
    from tasks
),

-- a ledger may list a task twice, and both a bureau and the one above may file it
ranked as (
    select
        *,
        count(*) over (
            partition by work_year, bureau_key, known_task_type, task_no, task_text
        ) as row_count,
        row_number() over (
            partition by work_year, bureau_key, known_task_type, task_no, task_text
            order by
                _loaded_at desc, is_done desc, _source_file desc, _source_sheet desc,
                _source_row desc
        ) as preference
    from keyed
),

sub_tasks as (
    select
        work_year,
        bureau_key,
        parent_task_no,
        count(*) as sub_task_count,
        count(*) filter (where not is_done) as open_sub_task_count
    from ranked
    where preference = 1 and parent_task_no is not null
    group by all
),

dated as (
    select
        ranked.work_year,
        ranked.bureau_code,
        ranked.bureau_name,
        ranked.tier,
        ranked.tier_no,
        ranked.filer_bureau_code,
        ranked.subject_bureau_text,
        ranked.task_no,
        ranked.task_name,
        ranked.known_task_type as task_type,
        ranked.parent_task_no,
        ranked.aspect,
        ranked.owner,
        case
            when ranked.is_done and ranked.due_date is null then 'done_undated'
            when ranked.is_done and ranked.done_date <= ranked.due_date then 'done_on_time'
            when ranked.is_done then 'done_late'
            when ranked.due_date < cast('{{ var("as_of") }}' as date) then 'overdue'
            else 'open'
        end as status,
        ranked.is_done,
        coalesce(ranked.is_done and ranked.done_date <= ranked.due_date, false) as is_on_time,
        coalesce(
            not ranked.is_done and ranked.due_date < cast('{{ var("as_of") }}' as date), false
        ) as is_overdue,
        coalesce(
            ranked.due_date < cast('{{ var("as_of") }}' as date)
            or (ranked.is_done and ranked.due_date is not null),
            false
        ) as is_due,
        ranked.evidence is not null as has_evidence,
        ranked.score,
        coalesce(sub_tasks.sub_task_count, 0) as sub_task_count,
        coalesce(sub_tasks.open_sub_task_count, 0) as open_sub_task_count,
        ranked.row_count,
        cast(case
            when ranked.is_done and ranked.due_date is not null
                then greatest(date_diff('day', ranked.due_date, ranked.done_date), 0)
            when ranked.due_date < cast('{{ var("as_of") }}' as date)
                then date_diff('day', ranked.due_date, cast('{{ var("as_of") }}' as date))
        end as integer) as days_late,
        ranked.due_date,
        case when ranked.is_done then ranked.done_date end as done_date,
        cast('{{ var("as_of") }}' as date) as as_of_date,
        ranked._filing_id,
        ranked._file_sha256,
        ranked._source_file,
        ranked._source_sheet,
        ranked._source_row
    from ranked
    left join sub_tasks
        on
            ranked.work_year = sub_tasks.work_year
            and ranked.bureau_key = sub_tasks.bureau_key
            and ranked.task_no = sub_tasks.parent_task_no
    where ranked.preference = 1
),

-- a ledger is closed only when nothing below a finished task is open
judged as (
    select
        dated.*,
        case
            when status = 'overdue' then 'fail'
            when status = 'done_late' or (is_done and open_sub_task_count > 0) then 'warn'
            when due_date is null then 'cannot_judge'
            else 'pass'
        end as verdict
    from dated
)

select * from judged
