"""The glossary is what the YAML and the seeds say, and what identifies things has one name."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from nightly.glossary import (
    GLOSSARY,
    english_term,
    read_meanings,
    read_tables,
    render,
    table_name_zh,
)

TABLES = read_tables()
MEANINGS = read_meanings(TABLES)
ONE_NAME = {
    "unit_code": "预算单位编码",
    "unit_name": "预算单位名称",
    "project_name": "项目名称",
    "department_name": "主管部门名称",
    "fund_type": "资金性质",
    "scope": "口径",
    "document_kind": "材料类别",
    "round_no": "监控轮次",
    "parameter_version": "所用参数版本",
    "_filing_id": "来源报送标识",
    "_source_sheet": "来源工作表",
    "_source_row": "来源行号",
}


def test_the_glossary_is_up_to_date():
    written = GLOSSARY.read_text(encoding="utf-8")
    assert written == render(), "run python -m nightly.glossary"


@pytest.mark.parametrize("column", ONE_NAME)
def test_one_concept_has_one_name(column):
    names = {meaning.name_zh: meaning.table for meaning in MEANINGS[column]}
    wrong = {name: table for name, table in names.items() if name != ONE_NAME[column]}
    wrong = {name: table for name, table in wrong.items() if (column, table) not in OTHERWISE}
    assert not wrong


# a project or a policy may be assessed before it is funded
OTHERWISE = {("project_name", "mart_ex_ante_assessment")}


def test_every_table_has_a_name_of_its_own():
    names = Counter(table_name_zh(table) for table in TABLES)
    assert "" not in names
    shared = {name for name, count in names.items() if count > 1}
    assert not shared


def test_every_column_has_a_chinese_name():
    for column, meanings in MEANINGS.items():
        assert all(re.search("[\u4e00-\u9fa5]", meaning.name_zh) for meaning in meanings), column


def test_english_terms():
    assert english_term("goal_completion_rate") == "goal completion rate"
    assert english_term("is_warned") == "whether it is warned"
    assert english_term("budget_cny") == "budget (yuan)"
    assert english_term("_source_row") == "source row"
