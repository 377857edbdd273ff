"""The return workbook: a copy with marks that starts nothing, and is understood when it returns."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import sheet_files
import xlsxwriter
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation

from ingest.export_file import read_file
from ingest.readers import read_grids
from ingest.return_copy import (
    FINDINGS_SHEET,
    OVERVIEW_SHEET,
    read_return_copy,
)
from nightly import return_workbook
from nightly.formula_text import FORMULA_STARTS
from nightly.return_workbook import Overview, OwedFiling, ReturnFinding, write_return

NIGHT = date(2021, 3, 1)
BUREAU = Overview(
    "650102",
    "新疆维吾尔自治区乌鲁木齐市天山区",
    NIGHT,
    filings=[OwedFiling("2020年度绩效自评", "逾期未报", "2021-02-28", 1, is_owed=True)],
)
CODE = "65010220T000000000001"
HOSTILE = [
    "=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(1)", '=HYPERLINK("http://x","点")',
    "\t=1", "＝1+1", "＋1", "－1", "＠SUM(1)",
]
GOALS = [
    ["2020年度项目支出绩效目标表（单位：万元）", None, None, None, None],
    ["预算单位", "项目编码", "项目名称", "年度资金总额", "年度绩效目标"],
    ["210001-天山区水务局", CODE, "饮水工程", "100", "=1+1"],
    ["210001-天山区水务局", CODE[:-1] + "2", "渠道维修", "一百", "修好"],
]


def finding(**facts) -> ReturnFinding:
    given = {
        "finding_key": "CELL-031-2020-0123456789",
        "severity": "error",
        "rule_id": "CELL-031",
        "rule_name": "金额读不出数字",
        "source_sheet": "表",
        "source_row": 4,
        "source_cell": "D4",
        "heading": "年度资金总额",
        "found": "一百",
        "expected": "阿拉伯数字",
        "message": "「一百」读不出数字。",
        "fix": "请填写数字。",
    }
    return ReturnFinding(**given | facts)


def sent(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "sent"
    path.write_bytes(content)
    return path


def texts(path: Path, sheet: str) -> list[tuple]:
    (grid,) = [grid for grid in read_grids(path, path.name) if grid.sheet == sheet]
    return grid.frame.rows()


def assert_harmless(path: Path) -> None:
    """No formula, no link outside, no macro, in no part of the package."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            part = package.read(name)
            assert "vba" not in name and "externalLink" not in name
            assert b'TargetMode="External"' not in part, name
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in part and b"<f " not in part, name
                assert b"<dataValidation " not in part and b"<cfRule" not in part, name
    book = openpyxl.load_workbook(path)
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    # nor does one become a formula when somebody edits the cell
    assert not [
        (cell.parent.title, cell.coordinate) for cell in cells
        if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS)
        and not cell.quotePrefix
    ]


def test_a_copy_is_coloured_and_says_what_to_do(tmp_path):
    path = sent(tmp_path, sheet_files.xlsx(GOALS))
    made = write_return(tmp_path / "back.xlsx", BUREAU, [finding()], path, "表.xlsx")
    book = openpyxl.load_workbook(made.path)
    assert book.sheetnames == [OVERVIEW_SHEET, FINDINGS_SHEET, "表"]
    cell = book["表"]["D4"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("一百", "00FFC7CE")
    for said in ("错误", "CELL-031-2020", "「一百」读不出数字。", "阿拉伯数字", "请填写数字。"):
        assert said in cell.comment.text
    assert book["表"]["D3"].comment is None
    head, row = (list(r) for r in book[FINDINGS_SHEET].iter_rows(min_row=3, max_row=4))
    shown = dict(zip([c.value for c in head], row, strict=True))
    assert shown["问题编号"].value == "CELL-031-2020-0123456789"
    assert shown["单元格"].hyperlink.location == "'表'!D4"
    assert shown["原因说明"].value is None
    overview = [c.value for r in book[OVERVIEW_SHEET].iter_rows() for c in r if c.value]
    assert {"2020年度绩效自评", "逾期未报", "2021-02-28"} <= set(overview)
    assert_harmless(made.path)


def test_a_hostile_workbook_comes_back_harmless(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "表"
    for row in GOALS:
        page.append(row)
    for number, text in enumerate(HOSTILE, start=5):
        page.cell(number, 1).value = text
        page.cell(number, 1).data_type = "s"
    page["B6"] = "=WEBSERVICE(\"http://x\")"
    page["B7"].value = "点我"
    page["B7"].hyperlink = "http://evil.example/"
    page.conditional_formatting.add("A1:B9", FormulaRule(formula=["A1=1"]))
    choices = DataValidation(type="list", formula1="INDIRECT(A1)")
    choices.add("C6")
    page.add_data_validation(choices)
    page.protection.sheet = True
    stream = io.BytesIO()
    book.save(stream)
    found = [finding(found=text, message=text, fix=text, heading=text) for text in HOSTILE]
    made = write_return(tmp_path / "b.xlsx", BUREAU, found, sent(tmp_path, stream.getvalue()), "x")
    assert_harmless(made.path)
    back = openpyxl.load_workbook(made.path)
    assert [back["表"].cell(n, 1).value for n in range(5, 15)] == HOSTILE
    assert all(back["表"].cell(n, 1).quotePrefix for n in range(5, 15))
    assert not back["表"].protection.sheet


@pytest.mark.parametrize(
    "content",
    [
        sheet_files.delimited(GOALS, "gb18030"),
        sheet_files.html_table(GOALS),
        sheet_files.spreadsheetml_table(GOALS),
        sheet_files.xls(GOALS, "表"),
    ],
    ids=["csv", "html", "spreadsheetml", "xls"],
)
def test_every_other_format_comes_back_with_the_same_cells(tmp_path, content):
    path = sent(tmp_path, content)
    (grid,) = read_grids(path, "sent.xls")
    made = write_return(
        tmp_path / "b.xlsx", BUREAU, [finding(source_sheet=grid.sheet)], path, "sent.xls"
    )
    name = openpyxl.load_workbook(made.path).sheetnames[2]
    assert name == (grid.sheet or "数据")
    assert texts(made.path, name) == grid.frame.rows()
    assert openpyxl.load_workbook(made.path)[name]["D4"].comment
    assert openpyxl.load_workbook(made.path)[name]["B3"].value == CODE
    assert_harmless(made.path)


def test_a_hostile_csv_comes_back_harmless(tmp_path):
    rows = [["项目编码", "项目名称"], *([text.strip(), "甲"] for text in HOSTILE)]
    path = sent(tmp_path, sheet_files.delimited(rows, "utf-8-sig"))
    made = write_return(tmp_path / "b.xlsx", BUREAU, [finding(source_sheet=None)], path, "a.csv")
    assert_harmless(made.path)
    page = openpyxl.load_workbook(made.path)["数据"]
    for number, (text, _) in enumerate(rows, start=1):
        assert page.cell(number, 1).value == text
        assert page.cell(number, 1).quotePrefix is (number > 1)
        assert not page.cell(number, 2).quotePrefix


def test_of_a_merged_range_the_cell_that_shows_is_marked(tmp_path):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("表").merge_range("B2:D4", "项目名称")
    made = write_return(
        tmp_path / "b.xlsx", BUREAU, [finding()], sent(tmp_path, stream.getvalue()), "x.xlsx"
    )
    assert openpyxl.load_workbook(made.path)["表"]["B2"].comment


def test_two_findings_of_a_cell_are_one_comment_in_the_worse_colour(tmp_path):
    found = [finding(severity="warning", rule_id="CELL-033", message="大得不合理"), finding()]
    explained = finding(
        severity="warning", source_cell="A3", source_row=3, state="explained", explanation="确无"
    )
    made = write_return(
        tmp_path / "b.xlsx",
        BUREAU,
        [*found, explained],
        sent(tmp_path, sheet_files.xlsx(GOALS)),
        "x.xlsx",
    )
    page = openpyxl.load_workbook(made.path)["表"]
    assert page["D4"].fill.fgColor.rgb == "00FFC7CE"
    assert "大得不合理" in page["D4"].comment.text and "读不出数字" in page["D4"].comment.text
    assert page["A3"].fill.fgColor.rgb == "00E2EFDA"
    assert "已说明" in page["A3"].comment.text and "确无" in page["A3"].comment.text


def test_a_file_that_cannot_be_read_gives_the_summary_alone(tmp_path):
    path = sent(tmp_path, b"PK\x03\x04bad")
    made = write_return(tmp_path / "b.xlsx", BUREAU, [finding(source_sheet="")], path, "x")
    assert openpyxl.load_workbook(made.path).sheetnames == [OVERVIEW_SHEET, FINDINGS_SHEET]


# --- the way back -----------------------------------------------------------------------------


def fill_in(path: Path, key: str, text: str, **changed) -> None:
    book = openpyxl.load_workbook(path)
    page = book[FINDINGS_SHEET]
    place = {cell.value: cell.column for cell in page[3]}
    for row in range(4, page.max_row + 1):
        if page.cell(row, 1).value == key:
            page.cell(row, place["原因说明"]).value = text
            page.cell(row, place["说明日期"]).value = "2021-03-02"
    for address, value in changed.items():
        book.worksheets[-1][address] = value
    book.save(path)


@pytest.fixture
def copy(tmp_path):
    found = [finding(), finding(severity="warning", finding_key="QC-003-2020-00000000aa")]
    return write_return(
        tmp_path / "b.xlsx", BUREAU, found, sent(tmp_path, sheet_files.xlsx(GOALS)), "表.xlsx"
    ).path


def slots(reading) -> set[str]:
    return {
        part.document_kind for part in reading.parts if any(t.height for t in part.tables.values())
    }


def test_reasons_in_an_unchanged_copy_file_nothing_else(copy):
    fill_in(copy, "QC-003-2020-00000000aa", "确无满意度对象")
    reading = read_file(copy, "650102-天山区/2019/退回.xlsx", "650102")
    assert slots(reading) == {"finding_explanation"}
    assert reading.findings == []
    (part,) = [part for part in reading.parts if part.tables]
    assert part.fiscal_year == 2021
    rows = part.tables["records"]
    assert dict(zip(rows["finding_key"], rows["explanation"], strict=True)) == {
        "CELL-031-2020-0123456789": None,
        "QC-003-2020-00000000aa": "确无满意度对象",
    }
    assert reading.source_row_count == sum(part.row_count() for part in reading.parts)


def test_a_corrected_copy_is_a_filing(copy):
    fill_in(copy, "QC-003-2020-00000000aa", "确无满意度对象", D4="100")
    reading = read_file(copy, "650102-天山区/退回.xlsx", "650102")
    assert slots(reading) == {"finding_explanation", "goal"}
    assert [f.rule_id for f in reading.findings] == []


def test_the_summary_alone_comes_back(tmp_path):
    made = write_return(tmp_path / "b.xlsx", BUREAU, [finding()])
    fill_in(made.path, "CELL-031-2020-0123456789", "=cmd|calc")
    assert slots(read_file(made.path, "650102/00-反馈汇总.xlsx", "650102")) == {
        "finding_explanation"
    }


def test_another_bureau_s_reasons_are_refused(copy):
    reading = read_file(copy, "650104-新市区/退回.xlsx", "650104")
    assert reading.rule_id == "FILE-207"


def test_an_extract_keeps_addresses_and_is_never_a_filing(tmp_path, monkeypatch):
    monkeypatch.setattr(return_workbook, "MAX_COPY_CELLS", 50)
    more = (["210001-水务局", f"{CODE[:-3]}{n}", f"工程{n}", "1", "好"] for n in range(100, 140))
    rows = [*GOALS, *more]
    found = [finding(source_row=30, source_cell="D30")]
    made = write_return(
        tmp_path / "b.xlsx", BUREAU, found, sent(tmp_path, sheet_files.xlsx(rows)), "表.xlsx"
    )
    assert made.is_extract
    page = openpyxl.load_workbook(made.path)["表"]
    assert page["B30"].value == rows[29][1] and page["D30"].comment
    assert page["B20"].value is None and page.sheet_format.zeroHeight
    assert read_return_copy(read_grids(made.path, "b.xlsx")).is_filed is False
    assert slots(read_file(made.path, "650102/b.xlsx", "650102")) == {"finding_explanation"}
    fill_in(made.path, found[0].finding_key, "说明", D30="2")
    reading = read_file(made.path, "650102/b.xlsx", "650102")
    assert slots(reading) == {"finding_explanation"}
    assert [f.rule_id for f in reading.findings] == ["FILE-211"]
