{#-
The work year (工作年度) in which a stage of a fiscal year (预算年度) is done: a self-evaluation is made in
the year after its budget year. Registers are kept by work year already.
-#}
{%- macro work_year(document_kind, fiscal_year) -%}
    cast(
        case
            when {{ document_kind }} in ('self_evaluation', 'overall_self_evaluation')
                then {{ fiscal_year }} + 1
            else {{ fiscal_year }}
        end as integer
    )
{%- endmacro -%}
