"""The page of words: English term, Chinese and column, as docs/术语表.md has them."""

from __future__ import annotations

from functools import cache

from dashboards.page import Card, Field, Page, list_href, make_table
from dashboards.source import Source
from nightly import glossary

FILE_NAME = "glossary.html"
PLAIN_WORDS = (
    ("覆盖率", "mart_stage_coverage", "coverage_rate"),
    ("应开展", "mart_stage_coverage", "due_project_count"),
    ("口径：本级、含下级", "mart_stage_coverage", "scope"),
    ("工作年度", "mart_stage_coverage", "work_year"),
    ("预算年度", "mart_stage_coverage", "fiscal_year"),
    ("资金性质", "mart_stage_coverage", "fund_type"),
    ("偏离度", "mart_deviation_flag", "gap"), ("灯", "mart_deviation_flag", "light"),
    ("预警", "mart_deviation_flag", "is_warned"),
    ("建议核减", "mart_consecutive_warning", "proposed_cut_cny"),
    ("申报得分", "mart_self_evaluation", "declared_score"),
    ("复算得分", "mart_self_evaluation", "recomputed_score"),
    ("低于 80 分", "mart_self_evaluation", "is_below_80"),
    ("报送状态", "mart_filing_status", "status"), ("催报原因", "mart_chase_list", "chase_reason"),
    ("抽检得分", "mart_sampling_result", "recheck_score"),
    ("整改期限", "mart_rectification", "due_date"),
    ("搁置行", "mart_bureau_data_quality", "set_aside_row_count"),
)
"""Words on the pages that leaders ask for, and the table and column each is."""


@cache
def _entries() -> dict[str, glossary.Entry]:
    return {entry.column: entry for entry in glossary.read_entries(glossary.read_tables())}


def term_href(column: str) -> str:
    """Where a word is explained.

    Args:
        column: the column that holds it.

    Returns:
        The glossary, narrowed to that column.
    """
    return list_href(FILE_NAME, "terms", 字段=column)


def table_href(table: str) -> str:
    """Where a table is explained.

    Args:
        table: its name, with or without the schema.

    Returns:
        The glossary, narrowed to that table.
    """
    return list_href(FILE_NAME, "tables", 表=table.rpartition(".")[2])


def glossary_page() -> Page:
    """Make the page.

    Returns:
        Its model; the same for every release of the same code.
    """
    tables = glossary.read_tables()
    entries, meanings = _entries(), glossary.read_meanings(tables)
    terms = [
        {
            "chinese": entry.chinese, "english": entry.english, "column": entry.column,
            "description": entry.description,
            "others": "；".join(
                f"{name}（{table}）" for name, table in entry.others[:glossary.SHOWN_TABLES]
            ) + (f" 等 {len(entry.others)} 种" if len(entry.others) > glossary.SHOWN_TABLES
                 else ""),
            "tables": "、".join(entry.tables[:glossary.SHOWN_TABLES]) + (
                f" 等 {len(entry.tables)} 张表"
                if len(entry.tables) > glossary.SHOWN_TABLES else ""
            ),
        }
        for entry in sorted(entries.values(), key=lambda entry: not entry.is_common)
    ]
    codes = [
        {"label_set": label_set, "code": code, "chinese": chinese}
        for label_set, code, chinese in glossary.read_codes()
    ]
    words = [
        {
            "word": word, "column": column, "english": entries[column].english,
            "description": next(
                meaning.description for meaning in meanings[column] if meaning.table == table
            ),
        }
        for word, table, column in PLAIN_WORDS
    ]
    shown = [
        {
            "name": table["name"], "schema": table["layer"],
            "chinese": glossary.table_name_zh(table), "grain": glossary.table_grain(table),
        }
        for table in tables
    ]
    # what is counted here is no table of a release but the rows that stand below
    return Page(
        FILE_NAME, "术语",
        [
            Card(name, Source(f"page.{table}").shows("count", len(rows)), note, f"#{table}")
            for name, table, rows, note in (
                ("看板上的词", "words", words, "先看这里"),
                ("字段", "terms", terms, "英文、中文、字段一一对应"),
                ("表", "tables", shown, "每行是什么"), ("代码", "codes", codes, "代码与中文"),
            )
        ],
        [
            make_table(
                "words", "看板上常见的词",
                [
                    Field("词", "word"), Field("英文", "english"),
                    Field("字段", "column", href=lambda row: term_href(row["column"])),
                    Field("说明", "description"),
                ],
                words,
            ),
            make_table(
                "terms", "字段",
                [
                    Field("中文", "chinese"), Field("英文", "english"), Field("字段", "column"),
                    Field("说明", "description"), Field("另指", "others"),
                    Field("在哪些表", "tables"),
                ],
                terms, limit=len(terms),
                note="后缀即单位：_cny 元，_rate、share 0 至 1，_score 分，_count 个数，"
                "_date 日期，is_、has_ 是否，_zh 中文文字；前有下划线的是来源。",
            ),
            make_table(
                "tables", "表",
                [
                    Field("中文", "chinese"), Field("表", "name"), Field("所在", "schema"),
                    Field("每行是什么（英文）", "grain"),
                ],
                shown, limit=len(shown),
                note="取一张表的全部：jixiao query \"select * from marts.<表>\" --out 清单.xlsx；"
                "问题清单在 quality。",
            ),
            make_table(
                "codes", "代码",
                [Field("代码集", "label_set"), Field("代码", "code"), Field("中文", "chinese")],
                codes, limit=len(codes),
            ),
        ],
        "同一事物只用一个名称。在每张表上方的查找框中输入中文、英文或字段名即可。",
    )
