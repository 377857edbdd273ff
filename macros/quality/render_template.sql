{#-
  Fill a template of the rule catalogue; an empty value reads （空）. Where it says the place, the
  sheet is left out for a file without sheets, and the row stands where no cell is known. The same
  marks are filled by `ingest.findings.render`.
-#}
{% macro render_template(template, values) -%}
    {%- set ns = namespace(text=template) -%}
    {%- if 'sheet' in values and 'cell' in values and 'row' in values -%}
        {%- set sheet = "coalesce('工作表「' || nullif(" ~ values['sheet'] ~ ", '') || '」', '')" -%}
        {%- set place = sheet ~ " || coalesce(" ~ values['cell'] ~ ", '第' || " ~ values['row']
            ~ " || '行', '')" -%}
        {%- set of_sheet = "coalesce('的工作表「' || nullif(" ~ values['sheet'] ~ ", '') || '」', '')" -%}
        {%- set places = {
            '工作表「{sheet}」{cell}': place,
            '{sheet}第{row}行': place,
            '的工作表「{sheet}」': of_sheet,
            '工作表「{sheet}」': sheet,
            '」{sheet}：': "'」' || " ~ sheet ~ " || '：'",
        } -%}
        {%- for mark, words in places.items() -%}
            {%- set ns.text = "replace(" ~ ns.text ~ ", '" ~ mark ~ "', " ~ words ~ ")" -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for mark, value in values.items() -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '{" ~ mark ~ "}', coalesce(nullif(cast("
            ~ value ~ " as varchar), ''), '（空）'))" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}
