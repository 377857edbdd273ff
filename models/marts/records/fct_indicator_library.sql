with live as (
    {{ live_records('indicator_library', [
        ('library_class', 'word'),
        ('industry', 'text'),
        ('level1', 'text'),
        ('level2', 'text'),
        ('indicator_name', 'text'),
        ('document_no', 'text')
    ], has_subject_bureau=false) }}
)

select * from live
