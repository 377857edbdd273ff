{#-
What every finding of an indicator line says of that line, from `judged` and its filing: first which
filing and project it is of, last where it stands.
-#}
{% macro line_identity() -%}
    judged.bureau_code,
        judged.document_kind,
        judged.fiscal_year,
        judged.round_no,
        judged.project_code
{%- endmacro %}

{% macro line_source() -%}
    judged._filing_id,
        filings._file_sha256,
        filings._source_file,
        judged._source_sheet,
        judged._source_row,
        judged._loaded_at
{%- endmacro %}
