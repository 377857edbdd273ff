"""Files: every format opens elsewhere, the same seed gives the same bytes, totals are exact."""

import csv
import hashlib
import io
import zipfile
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from lxml import etree, html
from python_calamine import CalamineWorkbook

from ingest.headings import load_vocabulary
from simulate.calibration import load_figures
from simulate.list_exports import load_headings
from simulate.region import write_region
from simulate.writers import SUFFIXES, FileContent, SheetContent, workbook_bytes, zip_bytes

SCALE = 0.001
SHEET = SheetContent(
    "表一",
    [["标题 <A&B>", None, None], ["650102001", "≥95%", 12.5], [None, "合计", 3]],
    [(0, 0, 0, 2)],
)
EXPECTED = [["标题 <A&B>", "", ""], ["650102001", "≥95%", "12.5"], ["", "合计", "3"]]


def texts(rows):
    return [
        [
            "" if cell is None else str(int(cell) if cell == 3 else cell)
            for cell in [*row, "", "", ""][:3]
        ]
        for row in rows
    ]


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    out = tmp_path_factory.mktemp("one") / "inbox"
    return out, write_region(out, "xinjiang-2020", SCALE, 42, workers=1)


def truth(out, table):
    return pl.read_parquet(out.parent / "inbox-truth" / f"{table}.parquet")


@pytest.mark.parametrize("size", [1, 2_000])
def test_xlsx_opens_in_openpyxl(size):
    sheet = SheetContent(SHEET.name, SHEET.rows + [["a", "b", 1]] * size, SHEET.merges)
    second = SheetContent("表二", SHEET.rows)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes("xlsx", [sheet, second])))
    assert book.sheetnames == ["表一", "表二"]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert texts(rows[:3]) == EXPECTED
    assert [str(merge) for merge in book.worksheets[0].merged_cells.ranges] == ["A1:C1"]


def test_xls_opens_in_calamine():
    data = workbook_bytes("xls", [SHEET])
    assert data[:4] == b"\xd0\xcf\x11\xe0"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert texts(rows) == EXPECTED


def test_spreadsheetml_is_well_formed():
    tree = etree.fromstring(workbook_bytes("spreadsheetml", [SHEET]))
    space = {"s": "urn:schemas-microsoft-com:office:spreadsheet"}
    data = tree.xpath("//s:Data/text()", namespaces=space)
    assert data == ["标题 <A&B>", "650102001", "≥95%", "12.5", "合计", "3"]
    assert tree.xpath("//s:Cell/@s:Index", namespaces=space) == ["2"]
    assert tree.xpath("//s:Cell/@s:MergeAcross", namespaces=space) == ["2"]


def test_html_is_a_table():
    table = html.fromstring(workbook_bytes("html", [SHEET]))
    rows = [[cell.text or "" for cell in row.iter("td")] for row in table.iter("tr")]
    assert rows == [["标题 <A&B>"], *EXPECTED[1:]]
    assert table.xpath("//td/@colspan") == ["3"]


@pytest.mark.parametrize(
    ("file_format", "encoding", "mark"),
    [
        ("csv_utf8", "utf-8-sig", b"\xef\xbb\xbf"),
        ("csv_gb18030", "gb18030", b""),
        ("csv_utf16", "utf-16", b"\xff\xfe"),
    ],
)
def test_csv_in_its_encoding(file_format, encoding, mark):
    data = workbook_bytes(file_format, [SHEET])
    assert data.startswith(mark)
    assert texts(csv.reader(io.StringIO(data.decode(encoding)))) == EXPECTED


def test_one_sheet_formats_refuse_two():
    with pytest.raises(ValueError, match="one sheet"):
        workbook_bytes("html", [SHEET, SHEET])


def test_zip_names_are_gbk_without_the_flag():
    data = zip_bytes([FileContent("绩效目标.csv", b"x")])
    info = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    assert not info.flag_bits & 0x800
    assert info.filename.encode("cp437").decode("gb18030") == "绩效目标.csv"


def test_every_heading_is_understood_as_its_field():
    same = {
        "adjusted_budget": {"adjusted_budget", "annual_budget"},
        "reason_note": {"reason_note", "deviation_reason"},
    }
    for (kind, table, field), headings in load_headings().items():
        vocabulary = load_vocabulary(kind)
        for heading in headings:
            match = vocabulary.match(table, heading.format(month="1-5月", last=5))
            assert match, (kind, table, heading)
            assert match.field in same.get(field, {field}), (kind, table, heading, match)


def test_same_seed_same_bytes_for_any_number_of_processes(region, tmp_path):
    out, _ = region
    again = tmp_path / "inbox"
    write_region(again, "xinjiang-2020", SCALE, 42, workers=2)
    assert hashes(again) == hashes(out)
    assert hashes(tmp_path / "inbox-truth") == hashes(out.parent / "inbox-truth")


def test_summary_and_truth_reach_the_scaled_figures(region):
    out, summary = region
    figures = load_figures("xinjiang-2020", SCALE)
    assert summary.bureau_count == 111
    assert summary.goal_project_count == figures.goal_project_count
    assert Decimal(summary.goal_amount_cny) * 100 == figures.goal_amount_fen
    assert summary.monitored_project_count == figures.monitored_count
    assert summary.first_tier_consecutive_count == figures.consecutive_count
    assert summary.self_evaluation_count == figures.self_evaluation_count
    assert Decimal(summary.direct_amount_cny) * 100 == figures.direct_fen
    coverage = truth(out, "coverage").filter(pl.col("fund_type") == "all")
    assert coverage.filter(pl.col("due_project_count") != pl.col("done_project_count")).is_empty()
    assert truth(out, "missing_project").is_empty()


def test_direct_funds_stay_below_five_percent(region):
    direct = truth(region[0], "monitoring").filter("is_direct_fund")
    assert direct["gap"].max() < 0.05


def test_added_projects_carry_the_tag_and_owe_no_goal(region):
    projects = truth(region[0], "project").filter(pl.col("fiscal_year") == 2020)
    added = projects.filter(pl.col("tags").str.contains("年中追加"))
    assert added.height
    assert not added["owes_goal"].any()
    assert added["initial_budget_cny"].sum() == 0
    assert added["adjusted_budget_cny"].min() > 0
    assert projects.filter(~pl.col("tags").str.contains("年中追加"))["owes_goal"].all()


def test_names_are_unique_within_bureau_and_year(region):
    projects = truth(region[0], "project")
    for key in ("project_code", "project_name"):
        assert projects.select("bureau_code", "fiscal_year", key).is_duplicated().sum() == 0
    assert projects["project_code"].str.contains(r"^\d{8}[A-Z][0-9A-Z]{12}$").all()


def test_every_file_is_in_the_truth_with_its_fate(region):
    out, summary = region
    files = truth(out, "file")
    assert set(files["path"]) == set(hashes(out))
    fates = dict(files.group_by("reason").len().iter_rows())
    assert fates["truncated"] == fates["docx_renamed"] == 3
    assert fates["wrong_bureau"] == fates["missing_column"] == 3
    assert fates["superseded"] >= 1
    assert summary.quarantined_file_count == 12
    assert not [path for path in files["path"] if path.endswith(("-truth", ".parquet"))]


def test_most_formats_occur(region):
    suffixes = {path.rsplit(".", 1)[-1] for path in truth(region[0], "file")["path"]}
    assert suffixes == {"xlsx", "xls", "csv", "zip"}
    assert {suffix.lstrip(".") for suffix in SUFFIXES.values()} <= suffixes


def test_heavy_faults_of_another_seed_lose_exactly_what_the_truth_says(region, tmp_path):
    out = tmp_path / "inbox"
    write_region(out, "xinjiang-2020", SCALE, 43, workers=2, faults="heavy")
    assert hashes(out) != hashes(region[0])
    coverage = truth(out, "coverage").filter(pl.col("fund_type") == "all")
    missing = truth(out, "missing_project")
    lost = (coverage["due_project_count"] - coverage["done_project_count"]).sum()
    assert lost == missing.height > 0
    assert set(missing["reason"]) <= {"not_filed", "file_quarantined", "omitted_projects"}
    lost_amount = (coverage["due_amount_cny"] - coverage["done_amount_cny"]).sum()
    assert lost_amount == missing["amount_cny"].sum()


def test_a_filled_inbox_is_not_touched(region):
    with pytest.raises(FileExistsError):
        write_region(region[0], "xinjiang-2020", SCALE, 1)
