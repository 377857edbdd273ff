with live as (
    {{ live_records('rectification', [
        ('item_no', 'code'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('source_type', 'word'),
        ('problem', 'text'),
        ('report_date', 'date'),
        ('pushed_date', 'date'),
        ('due_date', 'date'),
        ('reply_date', 'date'),
        ('verified_date', 'date'),
        ('is_payment_held', 'boolean')
    ], has_subject_bureau=true) }}
)

select * from live
