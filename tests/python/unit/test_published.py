"""What looks for hostile contents in what was published can find them."""

from __future__ import annotations

import random
import zipfile

import openpyxl
import pytest

from torture.browser import CHROMIUM
from torture.determinism_report import section_text
from torture.hostile_night import LURES, poison_table
from torture.published import open_documents, open_pages, open_texts, open_workbooks


def test_formulas_texts_that_become_one_and_links_are_found(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "=1+1"
    for address, is_quoted in (("A2", True), ("A3", False)):
        page[address].value = "+1"
        page[address].data_type = "s"
        page[address].quotePrefix = is_quoted
    page["A4"].hyperlink = "http://192.0.2.1/"
    page["A5"].hyperlink = "lists/表.xlsx"
    page["A6"] = -5
    book.save(tmp_path / "表.xlsx")
    found = open_workbooks([tmp_path / "表.xlsx"])
    assert [text.split(" ")[1] for text in found] == ["Sheet!A1", "Sheet!A3", "Sheet!A4"]


def test_csv_values_that_become_formulas_are_found(tmp_path):
    (tmp_path / "表.csv").write_text("名称,数\n'=1,-5.5\n=1,+3\n－1,x\n", encoding="utf-8-sig")
    assert [text.split("：")[0] for text in open_texts([tmp_path / "表.csv"])] == [
        "表.csv 第 3 行会变成公式", "表.csv 第 4 行会变成公式",
    ]


def test_a_document_that_word_cannot_read_is_found(tmp_path):
    with zipfile.ZipFile(tmp_path / "文.docx", "w") as package:
        package.writestr("word/document.xml", "<a>\ufffe</a>")
        package.writestr("word/good.xml", "<a/>")
    (found,) = open_documents([tmp_path / "文.docx"])
    assert "word/document.xml" in found


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_a_page_that_runs_or_links_what_was_sent_is_found(tmp_path):
    for name, body in (
        ("good", "&lt;script&gt;window.hit=1&lt;/script&gt;<a href='other.html'>x</a>"),
        ("runs", LURES[2]),
        ("links", "<a href='http://192.0.2.1/'>x</a>"),
        ("loads", "<img src='http://192.0.2.1/x.png'>"),
    ):
        (tmp_path / f"{name}.html").write_text(f"<meta charset=utf-8>{body}", encoding="utf-8")
    found = open_pages(sorted(tmp_path.glob("*.html")))
    assert [text.split(" ")[0] for text in found] == ["links.html", "loads.html", "runs.html"]


def test_headings_stay_and_named_columns_are_poisoned():
    table = [["标题", ""], ["项目名称", "预算数"], *([f"甲{n}", "1"] for n in range(100))]
    count = poison_table(table, random.Random(1))
    assert table[:2] == [["标题", ""], ["项目名称", "预算数"]]
    changed = sum(not row[0].startswith("甲") or len(row[0]) > 3 for row in table[2:])
    assert 30 < changed <= count
    assert poison_table([["没有", "表头"]], random.Random(1)) == 0


def test_the_section_of_determinism_counts_other_tables():
    outcome = {"surrounding": "一个线程", "duckdb": "1.5.5", "nights": 2, "tables": 170,
               "tables_differing": [[], ["marts.a", "marts.b"]]}
    lines = section_text({"seed": 1, "code": "1a2b", "outcomes": [outcome],
                          "tables_compared": 170, "tables_differing": 2}).splitlines()
    assert "| 一个线程 | 1.5.5 | 2 | 170 | 2 |" in lines
    assert lines[-1] == "比较了 170 张表，不同的 2 张。"
