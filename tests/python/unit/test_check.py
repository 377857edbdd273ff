"""The check before sending: files, archives, the sender's folder, what is shown and written."""

from __future__ import annotations

import zipfile
from datetime import date

import openpyxl
import pytest
from rich.console import Console

from ingest.findings import Finding, load_catalogue, render
from nightly.check import check
from nightly.check_report import show, write_copies
from nightly.command import main
from nightly.errors import EXIT_KEPT_YESTERDAY, EXIT_OK

AS_OF = date(2021, 3, 1)
HEADER = "主管部门,单位编码,预算单位,项目编码,项目名称,项目类别,资金性质,年初预算数（万元）"
ROW = "204-卫健委,204001,人民医院,650102{year}R000000007919,{name},3,111,{amount}"


def register(path, amount="50.5", name="医院能力建设", title="2020年部门预算项目清单"):
    text = f"{title}\n{HEADER}\n" + ROW.format(year=20, name=name, amount=amount) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8-sig")
    return path


def rules(checked):
    return [(told.finding.rule_id, told.finding.source_cell) for told in checked.findings]


def test_a_sound_file_has_no_findings(tmp_path):
    checked = check([register(tmp_path / "项目清单.csv")], None, AS_OF, is_fast=True)
    assert not checked.findings and not checked.has_errors
    (read,) = checked.read
    assert (read.document_kind, read.fiscal_year, read.row_count) == ("project_register", 2020, 1)


def test_cell_rules_are_asked_and_say_the_cell(tmp_path):
    path = register(tmp_path / "项目清单.csv", amount="五十万")
    checked = check([path], None, AS_OF, is_fast=True)
    assert rules(checked) == [("CELL-031", "H3")]
    assert checked.has_errors
    (told,) = checked.findings
    assert told.message == "H3（列「年初预算数（万元）」）的金额是「五十万」，读不出数字。"


def test_members_of_an_archive_are_checked_each(tmp_path):
    good = register(tmp_path / "a" / "项目清单.csv")
    bad = register(tmp_path / "b" / "项目清单.csv", name="XX项目")
    archive = tmp_path / "报送.zip"
    with zipfile.ZipFile(archive, "w") as handle:
        handle.write(good, "甲.csv")
        handle.write(bad, "乙.csv")
    checked = check([archive], None, AS_OF, is_fast=True)
    assert {read.source_file for read in checked.read} == {"报送.zip!甲.csv", "报送.zip!乙.csv"}
    assert [(t.finding.rule_id, t.finding.source_file) for t in checked.findings] == [
        ("CELL-024", "报送.zip!乙.csv")
    ]


def test_the_folder_tells_the_sender(tmp_path):
    title = "沙依巴克区2020年部门预算项目清单"
    own = register(tmp_path / "650103-沙依巴克区" / "项目清单.csv", title=title)
    assert not check([own], None, AS_OF, is_fast=True).findings
    foreign = register(tmp_path / "650102-天山区" / "项目清单.csv", title=title)
    assert rules(check([foreign], None, AS_OF, is_fast=True)) == [("FILE-207", "A1")]
    assert not check([foreign], "650103", AS_OF, is_fast=True).findings


def test_a_file_that_is_none_is_refused_not_raised(tmp_path):
    path = tmp_path / "空.xlsx"
    path.write_bytes(b"")
    checked = check([path], None, AS_OF, is_fast=True)
    assert [told.finding.rule_id for told in checked.findings] == ["FILE-101"]
    assert checked.has_errors


def test_shown_by_sheet_and_written_back_with_marks(tmp_path):
    path = register(tmp_path / "项目清单.csv", amount="")
    checked = check([path], None, AS_OF, is_fast=True)
    console = Console(width=160)
    with console.capture() as captured:
        show(checked, console)
    assert "项目清单.csv" in captured.get() and "H3" in captured.get()
    out = tmp_path / "标注.xlsx"
    assert write_copies(checked, [path], out, AS_OF) == [out]
    book = openpyxl.load_workbook(out)
    assert "REG-004" in book.worksheets[2]["H3"].comment.text
    assert book.worksheets[2]["C2"].value == "预算单位"
    first = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert first[0] == "报送前检查结果" and "请改正错误后报送" in first


def test_several_files_are_written_into_a_folder(tmp_path):
    paths = [
        register(tmp_path / f"{name}.csv", amount="五十", name=f"{name}医院能力建设")
        for name in ("甲", "乙")
    ]
    checked = check(paths, None, AS_OF, is_fast=True)
    written = write_copies(checked, paths, tmp_path / "out", AS_OF)
    assert [path.name for path in written] == ["01-甲-标注.xlsx", "02-乙-标注.xlsx"]
    for path in written:
        assert "CELL-031" in openpyxl.load_workbook(path).worksheets[2]["H3"].comment.text


@pytest.mark.parametrize(("amount", "code"), [("50.5", EXIT_OK), ("五十", EXIT_KEPT_YESTERDAY)])
def test_exit_codes(tmp_path, capsys, amount, code):
    path = register(tmp_path / "项目清单.csv", amount=amount)
    home = ["--home", str(tmp_path / "home"), "--as-of", "2021-03-01"]
    assert main(["check", str(path), "--fast", *home]) == code
    assert "快速检查" in capsys.readouterr().out
    assert not list((tmp_path / "home").rglob("warehouse.duckdb*"))


def test_messages_leave_out_a_sheet_that_is_not_there():
    finding = Finding("CELL-030", source_row=3, heading="执行数")
    assert render(finding, load_catalogue())[0] == "第3行（列「执行数」）没有金额。"
    finding = Finding("CELL-030", source_sheet="表1", source_row=3, source_cell="E3", heading="甲")
    assert render(finding, load_catalogue())[0] == "工作表「表1」E3（列「甲」）没有金额。"
