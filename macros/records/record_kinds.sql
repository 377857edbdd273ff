{#- Kinds whose files are records, in the order of ref_document_kind. -#}
{%- macro record_kinds() -%}
    {{ return([
        'unit_register',
        'ex_ante_assessment',
        'expert_score',
        'goal_review',
        'transfer_item',
        'special_fund',
        'evaluation',
        'review_score',
        'sampling_result',
        'rectification',
        'result_application',
        'budget_adjustment',
        'disclosure',
        'work_task',
        'policy_register',
        'policy_review',
        'agency',
        'institution',
        'training',
        'archive_catalogue',
        'fiscal_operation_indicator',
        'report_register',
        'indicator_library',
        'onsite_check',
        'assessment',
        'reported_figure',
        'finding_explanation'
    ]) }}
{%- endmacro -%}
