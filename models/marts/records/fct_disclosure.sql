with live as (
    {{ live_records('disclosure', [
        ('evaluated_year', 'year'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('project_code', 'project_code'),
        ('object_name', 'text'),
        ('document_type', 'word'),
        ('is_confidential', 'boolean'),
        ('published_date', 'date'),
        ('url', 'text'),
        ('is_congress_reported', 'boolean')
    ], has_subject_bureau=false) }}
)

select * from live
