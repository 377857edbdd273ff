with live as (
    {{ live_records('reported_figure', [
        ('item_code', 'code'),
        ('figure_name', 'text'),
        ('figure_value', 'number'),
        ('figure_text', 'text'),
        ('measure_unit', 'text'),
        ('source_document', 'text')
    ], has_subject_bureau=false) }}
)

select * from live
