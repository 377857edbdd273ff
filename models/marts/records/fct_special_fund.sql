with live as (
    {{ live_records('special_fund', [
        ('fund_code', 'code'),
        ('fund_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('department_name', 'unit'),
        ('fund_type', 'fund_type'),
        ('amount', 'money'),
        ('is_transfer', 'boolean'),
        ('is_key_monitored', 'boolean')
    ], has_subject_bureau=false) }}
)

select * from live
