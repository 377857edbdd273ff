"""Files that are damaged, disguised or made to do harm are refused by name, and cheaply."""

from __future__ import annotations

import io
import zipfile

import msoffcrypto
import pytest
from sheet_files import delimited, html, spreadsheetml, xls, xlsx

from ingest.findings import Finding, load_catalogue, render
from ingest.readers import expand_zip, read_grids
from ingest.readers import workbook as workbook_reader
from ingest.readers.grid import UnreadableFileError

GOOD = xlsx([["项目名称", "金额"], ["甲", "1"]])
OLD = xls([["项目名称"], *[[f"第{i}项目"] for i in range(3000)]])


@pytest.fixture
def refusal(tmp_path):
    def refusal(content: bytes, name: str = "导出.xlsx") -> UnreadableFileError:
        path = tmp_path / "blob"
        path.write_bytes(content)
        with pytest.raises(UnreadableFileError) as caught:
            read_grids(path, name)
        finding = Finding(
            caught.value.rule_id,
            source_file=name,
            value_found=caught.value.found,
            value_expected=caught.value.expected,
        )
        message, how_to_fix = render(finding, load_catalogue())
        assert name in message
        assert how_to_fix.startswith("请")
        assert "{" not in message + how_to_fix
        return caught.value

    return refusal


def package(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def repacked(changes: dict[str, bytes | str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return package(members | changes)


def sheet_xml(rows: str, dimension: str = "") -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}">{dimension}<sheetData>{rows}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("content", "rule_id", "found"),
    [
        (b"", "FILE-101", "0 字节"),
        (b"\r\n \n", "FILE-101", "字节"),
        (b"\x00" * 4096, "FILE-102", "无法识别"),
        (bytes(range(256)) * 4, "FILE-102", "xlsx"),
        (b"%PDF-1.7 ...", "FILE-103", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "FILE-103", "PNG"),
        (b"Rar!\x1a\x07\x00", "FILE-103", "RAR"),
        (package({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), "FILE-103", "docx"),
        (package({"[Content_Types].xml": "<a/>", "ppt/slides.xml": "<a/>"}), "FILE-103", "pptx"),
        (package({"mimetype": "x", "content.xml": "<a/>"}), "FILE-103", "ods"),
        (b'<?xml version="1.0"?><note/>', "FILE-103", "XML"),
        (GOOD[: len(GOOD) // 2], "FILE-104", "损坏"),
        (GOOD[:-30], "FILE-104", "损坏"),
        (OLD[: len(OLD) // 2], "FILE-104", "损坏"),
        (repacked({"xl/worksheets/sheet1.xml": "<worksheet"}), "FILE-104", "损坏"),
        (html("<tr><td>甲</td></tr>")[:-30], "FILE-104", "没有结尾"),
        (spreadsheetml("<Row/>")[:-20], "FILE-104", "不完整"),
        ("ÈÎÎñÃû³Æ,½ð¶î\n1,2\n".encode(), "FILE-106", "乱码"),
        ("任务,金额\n锟斤拷锟斤拷锟斤拷,1\n".encode(), "FILE-106", "丢失"),
        ("甲,乙\n\x00\x00,1\n".encode(), "FILE-106", "空字节"),
        ("甲,乙\n".encode() + b"\xff\xff\x80\n", "FILE-106", "GB18030"),
        ("任务名称,金额\n".encode("utf-16-le"), "FILE-106", "空字节"),
        (b"\xff\xfe" + "甲".encode("utf-16-le") + b"\x00", "FILE-106", "编码标记"),
        (xlsx([]), "FILE-107", "空白"),
        (html("<tr><td> &nbsp;</td></tr>"), "FILE-107", "没有带文字"),
        (b"<html><body></body></html>", "FILE-107", "没有带文字"),
        (b",,,\n,,\n", "FILE-107", "空白"),
    ],
)
def test_unreadable_files_are_named(refusal, content, rule_id, found):
    error = refusal(content)
    assert error.rule_id == rule_id
    assert found in error.found


def encrypted(password: str) -> bytes:
    stream = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(GOOD)).encrypt(password, stream)
    return stream.getvalue()


def test_a_password_is_refused(refusal):
    assert refusal(encrypted("机密")).rule_id == "FILE-105"


def test_write_protection_is_not_a_password(tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(encrypted("VelvetSweatshop"))
    assert read_grids(path, "只读.xlsx")[0].frame[1, 0] == "甲"


def test_entity_bombs_are_not_expanded(refusal):
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    content = spreadsheetml('<Row><Cell><Data ss:Type="String">&b;</Data></Cell></Row>')
    head, body = content.decode().split("<Workbook", 1)
    assert refusal(f"{head}{bomb}<Workbook{body}".encode()).rule_id == "FILE-109"
    sheet = (
        '<?xml version="1.0"?>'
        + bomb
        + sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>')
    )
    assert refusal(repacked({"xl/worksheets/sheet1.xml": sheet})).rule_id in (
        "FILE-104",
        "FILE-107",
    )


def test_an_external_entity_is_not_fetched(refusal, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("秘密")
    content = spreadsheetml('<Row><Cell><Data ss:Type="String">&x;</Data></Cell></Row>').decode()
    entity = f'<!DOCTYPE b [<!ENTITY x SYSTEM "file://{secret}">]>'
    assert refusal(content.replace("<Workbook", entity + "<Workbook", 1).encode()).rule_id == (
        "FILE-109"
    )


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1:XFD1048576"/>'])
def test_text_in_the_last_cell_of_a_sheet_does_not_fill_the_memory(refusal, dimension):
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    error = refusal(repacked({"xl/worksheets/sheet1.xml": sheet_xml(rows, dimension)}))
    assert error.rule_id == "FILE-108"
    assert "1048576" in error.found


def test_a_claimed_range_and_empty_styled_columns_cost_nothing(tmp_path):
    styled = "".join(
        f'<c r="{a}{b}{c}3" s="0"/>' for a in "ABC" for b in "ABCDEFG" for c in "ABCDEFG"
    )
    rows = (
        '<row r="1"><c r="B1"><v>7</v></c></row>'
        f'<row r="3">{styled}</row><row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    path = tmp_path / "blob"
    path.write_bytes(
        repacked({"xl/worksheets/sheet1.xml": sheet_xml(rows, '<dimension ref="A1:XFD1048576"/>')})
    )
    (grid,) = read_grids(path, "空列.xlsx")
    assert grid.frame.rows() == [(None, "7")]


def test_spans_and_positions_beyond_a_sheet_are_refused_or_cut(refusal, tmp_path):
    far = '<Row ss:Index="99999999"><Cell><Data ss:Type="String">甲</Data></Cell></Row>'
    assert refusal(spreadsheetml(far)).rule_id == "FILE-108"
    wide = '<Row><Cell ss:Index="99999999"><Data ss:Type="String">甲</Data></Cell></Row>'
    assert refusal(spreadsheetml(wide)).rule_id == "FILE-108"
    path = tmp_path / "blob"
    path.write_bytes(html("<tr><td colspan=999999 rowspan=999999>甲</td></tr><tr><td>乙</td></tr>"))
    with pytest.raises(UnreadableFileError):
        read_grids(path, "宽.xls")
    path.write_bytes(html("<tr><td rowspan=999999999>甲</td><td>乙</td></tr><tr><td>丙</td></tr>"))
    assert read_grids(path, "长.xls")[0].frame.rows() == [("甲", "乙"), (None, "丙")]


def test_a_package_that_unpacks_to_far_more_than_it_is(refusal, monkeypatch):
    monkeypatch.setattr(workbook_reader, "SMALL_BYTES", 100_000)
    bomb = repacked({"xl/media/x.bin": b"\x00" * 5_000_000})
    assert refusal(bomb).rule_id == "FILE-108"


def test_deeply_nested_html_is_survived(tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(html("<tr><td>" + "<b>" * 50_000 + "甲</td></tr>"))
    try:
        read_grids(path, "深.xls")
    except UnreadableFileError as error:
        assert error.rule_id in ("FILE-104", "FILE-107")


def test_cells_that_are_formulas_or_sql_stay_text(tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(delimited([["=cmd|'/c calc'!A1", "'; drop table raw; --"]]))
    assert read_grids(path, "a.csv")[0].frame.row(0) == (
        "=cmd|'/c calc'!A1",
        "'; drop table raw; --",
    )


# archives


def written(tmp_path, content: bytes):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    return path


def gbk_named(name: str, data: bytes) -> bytes:
    """An archive as Chinese Windows writes it: GBK bytes, no UTF-8 flag."""
    raw = name.encode("gbk")
    placeholder = "x" * len(raw)
    return package({placeholder: data}).replace(placeholder.encode(), raw)


def test_member_names_in_gbk_utf8_and_cp437(tmp_path):
    for name in ("绩效目标/自评表.xls", "誠\\乗.xls".replace("\\", "/"), "联通.xls"):
        assert expand_zip(written(tmp_path, gbk_named(name, b"1"))) == [(name, b"1")]
        assert expand_zip(written(tmp_path, package({name: b"1"}))) == [(name, b"1")]


def test_leftovers_are_skipped_and_workbooks_are_not_opened(tmp_path):
    inner = package({"内.xls": b"2"})
    content = package(
        {
            "__MACOSX/._a": b"",
            ".DS_Store": b"",
            "~$a.xlsx": b"",
            "f/": b"",
            "a.xlsx": GOOD,
            "b.zip": inner,
        }
    )
    assert expand_zip(written(tmp_path, content)) == [("a.xlsx", GOOD), ("b.zip!内.xls", b"2")]


def link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo("x.xls")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return stream.getvalue()


def locked() -> bytes:
    content = bytearray(package({"a.xls": b"1" * 100}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        (package({"a.xls": b"1" * 1000})[:60], "FILE-111"),
        (package({"a.xls": b"abc" * 1000}, 0).replace(b"abcabc", b"abcabd", 1), "FILE-111"),
        (locked(), "FILE-112"),
        (package({"../a.xls": b"1"}), "FILE-113"),
        (package({"/etc/a.xls": b"1"}), "FILE-113"),
        (package({"..\\a.xls": b"1"}), "FILE-113"),
        (package({"C:\\a.xls": b"1"}), "FILE-113"),
        (link(), "FILE-113"),
        (package({"a.csv": b"0" * 20_000_000}), "FILE-114"),
        (package({"a.zip": package({"b.zip": package({"c.xls": b"1"})})}), "FILE-115"),
        (package({}), "FILE-116"),
        (package({"__MACOSX/._a": b""}), "FILE-116"),
    ],
    ids=lambda value: value if isinstance(value, str) else "archive",
)
def test_unsafe_archives_are_refused_whole(tmp_path, refusal, content, rule_id):
    with pytest.raises(UnreadableFileError) as caught:
        expand_zip(written(tmp_path, content))
    assert caught.value.rule_id == rule_id
    assert refusal(content, "a.zip").rule_id == rule_id
