with live as (
    {{ live_records('unit_register', [
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('unit_level', 'text'),
        ('is_key_department', 'boolean'),
        ('is_confidential', 'boolean')
    ], has_subject_bureau=false) }}
)

select * from live
