{#-
The grammar of indicator values as people write them. The reading itself is
models/staging/indicator_value/; the words for operators and units are in seeds/mappings/.
-#}

{#- One spelling for look-alike signs in squeezed text: ≧ ⩾ → >=, ﹦ ═ → =, any dash → -, any tilde
    → ~. -#}
{%- macro indicator_signs(expression) -%}
    {%- set spellings = [
        ('[≧≥⩾]', '>='), ('[≦≤⩽]', '<='), ('[﹦═]', '='), ('﹥', '>'), ('﹤', '<'),
        ('>+=+|=+>=*', '>='), ('<+=+|=+<=*', '<='), ('==+', '='),
        ('[—–―−‐‑﹣-]+', '-'), ('[～〜∼~]+', '~'),
    ] -%}
    {%- set replaced = namespace(text=expression) -%}
    {%- for pattern, spelling in spellings -%}
        {%- set replaced.text = text_replace_all(replaced.text, pattern, spelling) -%}
    {%- endfor -%}
    case
        when {{ text_matches(expression, '[≧≥⩾≦≤⩽﹦═﹥﹤—–―−‐‑﹣～〜∼~<>=-]') }}
            then {{ replaced.text }}
        else {{ expression }}
    end
{%- endmacro -%}

{#- 1,234,567 → 1234567; a comma that does not part thousands stays. -#}
{%- macro without_thousands_separators(expression) -%}
    {%- set group = '([0-9]),([0-9]{3})([^0-9]|$)' -%}
    case
        when {{ text_matches(expression, '[0-9],[0-9]{3}') }}
            then {{ text_replace_all(
                text_replace_all(
                    text_replace_all(expression, group, '\\1\\2\\3'), group, '\\1\\2\\3'
                ),
                group, '\\1\\2\\3'
            ) }}
        else {{ expression }}
    end
{%- endmacro -%}

{#- Words between an operator and its number that do not change what is compared. -#}
{%- macro filler_words() -%}
    (全年|每年|年均|当年|本年度?|年度|全部|累计|合计|共计|总计|共|总|计划|预计|预期|目标|大约|约|近|已经|已|均|
    {#- -#}完成|实现|达到|达|到|为|是|:|开展|举办|举行|组织|召开|新建|新增|建设|建成|改造|修建|修缮|购置|采购|购买|
    {#- -#}增加|增长|提高|提升|上升|下降|降低|减少|节约|培训|发放|补助|资助|保障|覆盖|受益|服务|惠及|带动|支付|拨付|
    {#- -#}安排|投入|种植|养殖|进行|提供|配备|维护|维修|更新|检查|巡查|宣传)+
{%- endmacro -%}

{#- Words behind number and unit that do not change them. -#}
{%- macro tail_words() -%}
    (左右|上下|之间|区间|完成|到位|达标|目标|水平|标准|的|[(][^()0-9]*[)])+
{%- endmacro -%}

{%- macro year_pattern() -%} ((?:19|20)[0-9]{2}) {%- endmacro -%}
{%- macro month_day_pattern() -%}
    ([0-9]{1,2})(?:月(?:([0-9]{1,2})日?)?|[./-]([0-9]{1,2})日?)?
{%- endmacro -%}

{#- Date from texts of year, month and day; '' for a day is the first; null if no such day. -#}
{%- macro date_of(year, month, day) -%}
    try_cast(
        concat(
            {{ year }}, '-', lpad({{ month }}, 2, '0'), '-',
            lpad(coalesce(nullif({{ day }}, ''), '1'), 2, '0')
        ) as date
    )
{%- endmacro -%}
