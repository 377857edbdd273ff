with live as (
    {{ live_records('institution', [
        ('institution_name', 'text'),
        ('has_unit', 'boolean'),
        ('staff_count', 'count'),
        ('is_system_deployed', 'boolean')
    ], has_subject_bureau=true) }}
)

select * from live
