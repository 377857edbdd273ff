{#-
  Fill a template of the rule catalogue; an empty value reads （空）. The same marks are filled by
  `ingest.findings.render`.
-#}
{% macro render_template(template, values) -%}
    {%- set ns = namespace(text=template) -%}
    {%- for mark, value in values.items() -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '{" ~ mark ~ "}', coalesce(nullif(cast("
            ~ value ~ " as varchar), ''), '（空）'))" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}
