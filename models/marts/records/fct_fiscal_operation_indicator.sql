with live as (
    {{ live_records('fiscal_operation_indicator', [
        ('evaluated_year', 'year'),
        ('township_name', 'text'),
        ('indicator_name', 'text'),
        ('indicator_value', 'number'),
        ('full_score', 'score'),
        ('score', 'score'),
        ('is_automated', 'boolean'),
        ('data_source', 'text')
    ], has_subject_bureau=true) }}
)

select * from live
