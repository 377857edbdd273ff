"""From faults to the return workbook, to a reason filled in, and back to the finding."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from ingest.return_copy import FINDINGS_SHEET, OVERVIEW_SHEET

pytestmark = pytest.mark.pipeline

COUNTY = "650102-天山区"
HEADINGS = ["预算单位", "项目编码", "项目名称", "年度资金总额", "年度绩效目标", "审核状态"]
INDICATORS = ["项目编码", "项目名称", "一级指标", "二级指标", "三级指标", "指标值", "分值"]
UNIT = "210001-天山区水务局"
CODES = [f"65010220T{number:012d}" for number in (1, 2)]
NAMES = ["农村饮水安全巩固提升工程", "国有土地收储整治"]


def write_goal(path: Path, amounts: list[object], blank_rows: int = 0) -> None:
    """A list of two goals; the first has an indicator of the output only (a warning)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("项目")
        page.write_string(0, 0, "2020年项目支出绩效目标表")
        page.write_string(1, 0, "单位：万元")
        page.write_row(2 + blank_rows, 0, HEADINGS)
        for number, amount in enumerate(amounts):
            row = [UNIT, CODES[number], NAMES[number], amount, "=HYPERLINK(\"http://x\")", "终审"]
            for place, value in enumerate(row):
                write = page.write_string if isinstance(value, str) else page.write_number
                write(3 + blank_rows + number, place, value)
        page = book.add_worksheet("指标")
        page.write_row(0, 0, INDICATORS)
        for number in range(2):
            page.write_row(
                1 + number,
                0,
                [CODES[number], NAMES[number], "产出指标", "数量指标", "建设数量", "≥5个", "100"],
            )


def nightly(base: Path, as_of: str) -> Path:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("jixiao")), "nightly", "--inbox",
            str(base / "inbox"), "--home", str(base / "home"), "--as-of", as_of,
        ],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = (base / "home/reports/latest/退回").glob(f"*/{COUNTY}")
    return folder


def findings(base: Path) -> list[dict[str, object]]:
    path = base / "home/releases/current/jixiao.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        result = con.execute(
            "select finding_key, rule_id, severity, source_cell, is_current, is_explained,"
            " explanation, project_code from quality.fct_finding where bureau_code = '650102'"
        )
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def returned(tmp_path_factory):
    """Two nights: a filing with faults; then its reason, and the filing corrected and moved."""
    base = tmp_path_factory.mktemp("return")
    write_goal(base / "inbox" / COUNTY / "2020/绩效目标.xlsx", [100, "一百"])
    folder = nightly(base, "2021-03-01")
    shutil.copytree(folder, base / "first")
    before = findings(base)

    summary = base / "inbox" / COUNTY / "2020/00-反馈汇总(已填).xlsx"
    shutil.copy(folder / "00-反馈汇总.xlsx", summary)
    book = openpyxl.load_workbook(summary)
    page = book[FINDINGS_SHEET]
    place = {cell.value: cell.column for cell in page[3]}
    for row in range(4, page.max_row + 1):
        page.cell(row, place["原因说明"]).value = "经核实，该项目确无满意度指标"
        page.cell(row, place["说明人"]).value = "张三"
    book.save(summary)
    write_goal(base / "inbox" / COUNTY / "2020/绩效目标（更正）.xlsx", [100, 200], blank_rows=2)
    second = nightly(base, "2021-03-05")
    return base, before, findings(base), second


def test_the_copy_marks_the_cell_and_starts_nothing(returned):
    base, before, *_ = returned
    (path,) = (base / "first").glob("*-绩效目标-标注.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [OVERVIEW_SHEET, FINDINGS_SHEET, "项目", "指标"]
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["项目"]["E4"].value.startswith("=HYPERLINK")
    bad = book["项目"]["D5"]
    assert bad.value == "一百" and "CELL-031" in bad.comment.text
    assert bad.fill.fgColor.rgb == "00FFC7CE"
    assert {f["finding_key"] for f in before} >= {
        row[0].value for row in book[FINDINGS_SHEET].iter_rows(min_row=4) if row[0].value
    }


def test_a_reason_is_attached_and_survives_the_refiling(returned):
    _, before, after, _ = returned
    warned = {f["finding_key"] for f in before if f["severity"] != "error" and f["is_current"]}
    assert warned
    still = [f for f in after if f["finding_key"] in warned and f["is_current"]]
    assert {f["rule_id"] for f in still} >= {"QC-003"}
    assert all(f["is_explained"] for f in still)
    assert {f["explanation"] for f in still} == {"经核实，该项目确无满意度指标"}


def test_a_corrected_filing_clears_its_error_and_an_error_is_not_explained_away(returned):
    _, before, after, _ = returned
    assert [f for f in before if f["rule_id"] == "CELL-031" and f["is_current"]]
    assert not [f for f in after if f["rule_id"] == "CELL-031" and f["is_current"]]
    assert not [f for f in after if f["severity"] == "error" and f["is_explained"]]


def test_the_next_workbook_shows_it_as_explained(returned):
    base, _, after, second = returned
    book = openpyxl.load_workbook(second / "00-反馈汇总.xlsx")
    rows = list(book[FINDINGS_SHEET].iter_rows(min_row=3, values_only=True))
    heads = rows[0]
    shown = [dict(zip(heads, row, strict=True)) for row in rows[1:] if row[0]]
    explained = {f["finding_key"] for f in after if f["is_explained"] and f["is_current"]}
    assert explained and explained == {r["问题编号"] for r in shown if r["处理状态"] == "已说明"}
    assert not [r for r in shown if r["原因说明"]]
    with duckdb.connect(str(base / "home/releases/current/jixiao.duckdb"), read_only=True) as con:
        statuses = con.execute(
            "select distinct status from quality.mart_finding_explanation"
        ).fetchall()
    assert ("attached",) in statuses
