{#-
The rows of a parameter table that hold in this jurisdiction (管辖区): its own, and the rows of
`all` for every key for which it has none. `keys` say what a row is about (parameter, stage …).
-#}
{%- macro jurisdiction_rows(relation, keys=[]) -%}
    select candidates.*
    from {{ relation }} as candidates
    where
        candidates.jurisdiction = '{{ var("jurisdiction") }}'
        or (
            candidates.jurisdiction = 'all'
            and not exists (
                select 1
                from {{ relation }} as own
                where
                    own.jurisdiction = '{{ var("jurisdiction") }}'
                    {%- for key in keys %}
                    and own.{{ key }} = candidates.{{ key }}
                    {%- endfor %}
            )
        )
{%- endmacro -%}
