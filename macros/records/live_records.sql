{#-
The records of the live filings, with the bureau they are about. A record that names a bureau
(对象地区) by code, full name or alias is about that bureau; one that names none is about its filer.
A name that no roster knows gives no bureau: it is never guessed.
-#}
{%- macro live_records(kind, fields, has_subject_bureau=false) -%}
    select
        records.record_id,
        {%- if has_subject_bureau %}
        subjects.bureau_code,
        {%- else %}
        filings.bureau_code,
        {%- endif %}
        bureaus.bureau_name,
        bureaus.tier,
        bureaus.tier_no,
        filings.bureau_code as filer_bureau_code,
        records.work_year,
        {%- if has_subject_bureau %}
        coalesce(records.subject_bureau_code, records.subject_bureau_name)
            as subject_bureau_text,
        {%- endif %}
        {%- for field, type in fields %}
        {%- if type == 'boolean' %}
        coalesce(records.{{ field }}, false) as {{ field }},
        {%- else %}
        records.{{ record_column(field, type) }},
        {%- endif %}
        {%- endfor %}
        records._filing_id,
        records._file_sha256,
        records._source_file,
        records._source_sheet,
        records._source_row,
        records._loaded_at
    from {{ ref('stg_' ~ kind ~ '__records') }} as records
    inner join {{ ref('int_filings_live') }} as filings
        on records._filing_id = filings.filing_id and filings.is_live
    {%- if has_subject_bureau %}
    left join {{ ref('int_bureau_names') }} as subjects
        on
            coalesce(
                substr(records.subject_bureau_code, 1, 6),
                records.subject_bureau_name,
                filings.bureau_code
            ) = subjects.name_text
            and records.work_year = subjects.fiscal_year
    {%- endif %}
    left join {{ ref('int_bureaus_named') }} as bureaus
        on
            {{ 'subjects' if has_subject_bureau else 'filings' }}.bureau_code
            = bureaus.bureau_code
            and records.work_year = bureaus.fiscal_year
{%- endmacro -%}
