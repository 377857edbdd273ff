{#- field, type: as in ingest/layouts/review_score/columns.csv -#}
{{ config(materialized='view') }}

with records as (
    {{ stage_records('review_score', [
        ('stage', 'word'),
        ('object_type', 'word'),
        ('object_code', 'code'),
        ('object_name', 'text'),
        ('unit_code', 'code'),
        ('unit_name', 'unit'),
        ('subject_bureau_code', 'code'),
        ('subject_bureau_name', 'text'),
        ('aspect', 'text'),
        ('item', 'text'),
        ('full_score', 'score'),
        ('score', 'score'),
        ('deduct_reason', 'text'),
        ('reviewer', 'text'),
        ('is_third_party', 'boolean'),
        ('review_date', 'date')
    ], key=['stage', 'object_type', 'object_code', 'object_name', 'unit_name', 'subject_bureau_name', 'aspect', 'item']) }}
)

select * from records
