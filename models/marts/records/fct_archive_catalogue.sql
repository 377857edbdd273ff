with live as (
    {{ live_records('archive_catalogue', [
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('matter', 'text'),
        ('object_name', 'text'),
        ('document_type', 'text'),
        ('document_count', 'count'),
        ('is_signed', 'boolean'),
        ('survey_sample_count', 'count'),
        ('satisfaction_rate', 'rate')
    ], has_subject_bureau=true) }}
)

select * from live
