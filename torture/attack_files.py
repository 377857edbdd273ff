"""The attacks that are known, each as a file made for it, and the rules that may refuse it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msoffcrypto
import olefile
import xlsxwriter
import xlwt

from torture import hostile_text

READ = "读入"
_DAY = (2020, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MIB = 1024**2
_SHEET = "xl/worksheets/sheet1.xml"
TOO_LARGE = ("FILE-108", "FILE-212")
_UNUSABLE = ("FILE-201", "FILE-104", "FILE-107")


@dataclass(frozen=True)
class Attack:
    """One file made to do harm.

    Attributes:
        name: its name in the inbox.
        write: writes it.
        outcomes: rules that may refuse it; `READ` where it is harmless.
        is_heavy: it takes seconds, or must be read in a process of its own.
    """

    name: str
    write: Callable[[BinaryIO], object]
    outcomes: tuple[str, ...]
    is_heavy: bool = False

    def content(self) -> bytes:
        """Its bytes."""
        stream = io.BytesIO()
        self.write(stream)
        return stream.getvalue()


def attacks() -> Iterator[Attack]:
    """Make every attack.

    Yields:
        Attacks.
    """
    yield from _archives()
    yield from _workbooks()
    yield from _old_workbooks()
    yield from _markup()
    yield from _texts()


def _bytes(content: bytes) -> Callable[[BinaryIO], object]:
    return lambda handle: handle.write(content)


# --- archives -----------------------------------------------------------------------------------


def package(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of members.

    Args:
        members: bytes by name.
        method: how they are packed.

    Returns:
        The zip's bytes.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = method
            archive.writestr(entry, data)
    return stream.getvalue()


def lying(content: bytes, name: str, size: int) -> bytes:
    """A zip whose directory and member state another size than the member has.

    Args:
        content: the zip.
        name: the member.
        size: what is stated.

    Returns:
        The zip's bytes.
    """
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        header = archive.getinfo(name).header_offset
        at = archive.start_dir
    struct.pack_into("<I", changed, header + 22, size)
    while changed[at : at + 4] == b"PK\x01\x02":
        name_length, extra, comment = struct.unpack_from("<HHH", changed, at + 28)
        if changed[at + 46 : at + 46 + name_length].decode() == name:
            struct.pack_into("<I", changed, at + 24, size)
        at += 46 + name_length + extra + comment
    return bytes(changed)


def overlapping(copies: int = 5_000) -> bytes:
    """A zip whose members are all the same bytes (each alone has a modest ratio)."""
    data = zlib.compress(b"1,2\n" * 200_000)[2:-4]
    plain = b"1,2\n" * 200_000
    head = struct.Struct("<4sHHHHHIIIHH")
    common = (20, 0, 8, 0, 33, zlib.crc32(plain), len(data), len(plain))
    local = head.pack(b"PK\x03\x04", *common, 5, 0) + b"a.csv" + data
    entries = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, *common, 5, 0, 0, 0, 0, 0, 0)
        + b"a.csv"
        for _ in range(copies)
    )
    count = min(copies, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + end


def crowded(members: int = 400_000) -> bytes:
    """A zip whose directory has more entries than anybody has files."""
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    directory = (entry + b"a") * members
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
    # it must begin as a zip does
    local = b"PK\x03\x04" + b"\0" * 26
    return local + directory + end[:16] + struct.pack("<I", len(local)) + end[20:]


def _archives() -> Iterator[Attack]:
    table = b"a,b\n1,2\n"
    inner = package({"c.csv": table})
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as archive:
        member = zipfile.ZipInfo("x.csv", _DAY)
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    bomb = package({"a.csv": b"0" * 64 * _MIB})
    for name, content, outcome in (
        ("上级目录.zip", package({"../甲.csv": table}), "FILE-113"),
        ("绝对路径.zip", package({"/etc/cron.d/甲.csv": table}), "FILE-113"),
        ("盘符.zip", package({"C:\\甲.csv": table}), "FILE-113"),
        ("链接.zip", linked.getvalue(), "FILE-113"),
        ("高倍压缩.zip", bomb, "FILE-114"),
        ("套三层.zip", package({"a.zip": package({"b.zip": inner})}), "FILE-115"),
        ("里层高倍.zip", package({"a.zip": bomb}), "FILE-114"),
        ("重叠.zip", overlapping(), "FILE-114"),
        ("拥挤.zip", crowded(), "FILE-114"),
        ("谎报大小.zip", lying(bomb, "a.csv", 1000), "FILE-111"),
        ("谎报很大.zip", lying(package({"a.csv": table}), "a.csv", 15 * _MIB), "FILE-111"),
        ("少见压缩.zip", package({"a.csv": b"0" * _MIB}, zipfile.ZIP_BZIP2), "FILE-111"),
        (
            "少见压缩谎报.zip",
            lying(package({"a.csv": b"0" * 50 * _MIB}, zipfile.ZIP_BZIP2), "a.csv", 1000),
            "FILE-111",
        ),
        ("少见压缩二.zip", package({"a.csv": b"0" * _MIB}, zipfile.ZIP_LZMA), "FILE-111"),
        ("截断.zip", bomb[: len(bomb) // 2], "FILE-111"),
        ("没有文件.zip", package({}), "FILE-116"),
    ):
        yield Attack(name, _bytes(content), (outcome,))
    names = {
        ("名" * 5_000) + ".csv": b"a,1\n",
        **{n: n.encode() + b",1\n" for n in hostile_text.SQL if n != "\\"},
    }
    yield Attack("长名.zip", _bytes(package(names)), ("FILE-201", "FILE-102", "FILE-104"))
    # a zip may be made of itself
    yield Attack("自身.zip", _bytes(package({"自身.zip": inner, "a.zip": inner})), ("FILE-201",))


# --- xlsx ---------------------------------------------------------------------------------------


def workbook(changes: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An xlsx of one sheet with some parts replaced.

    Args:
        changes: bytes by name of the part.
        method: how the parts are packed.

    Returns:
        The workbook's bytes.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("表")
        page.write_string(0, 0, "项目名称")
        page.write_string(1, 0, "甲")
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return package(members | changes, method)


def sheet(rows: str, before: str = "", after: str = "", head: str = "") -> bytes:
    """The markup of a sheet.

    Args:
        rows: its rows.
        before: what stands before them.
        after: what stands after them.
        head: what stands before the root.

    Returns:
        The part's bytes.
    """
    return (
        f'{head}<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    ).encode()


def _workbooks() -> Iterator[Attack]:
    one = '<row r="1"><c r="A1"><v>1</v></c></row>'
    entities = "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "x" * 1000}">' for i in range(9)
    )
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
    columns = "".join(f'<c r="{_letters(i)}1"><v>1</v></c>' for i in range(16_384))
    beyond = "".join(f'<c r="{_letters(i)}1"><v>1</v></c>' for i in range(0, 1_000_000, 50))
    merges = "".join(f'<mergeCell ref="A{i}:XFD{i}"/>' for i in range(1, 200_001))
    for name, part, outcomes in (
        ("实体炸弹.xlsx", sheet(text.format("&e8;"), head=f"<!DOCTYPE a [{entities}]>"), _UNUSABLE),
        (
            "外部实体.xlsx",
            sheet(
                text.format("&x;"), head='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            ),
            _UNUSABLE,
        ),
        ("声称全表.xlsx", sheet(one, '<dimension ref="A1:XFD1048576"/>'), ("FILE-201",)),
        (
            "最远一格.xlsx",
            sheet(one + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            TOO_LARGE,
        ),
        (
            "最远一格在前.xlsx",
            sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + one),
            (*TOO_LARGE, "FILE-104"),
        ),
        (
            "表外一格.xlsx",
            sheet(one + '<row r="9999999"><c r="ZZZ9999999"><v>1</v></c></row>'),
            (*TOO_LARGE, "FILE-104"),
        ),
        (
            "溢出行号.xlsx",
            sheet(one + '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
            (*TOO_LARGE, *_UNUSABLE),
        ),
        ("全部列.xlsx", sheet(f'<row r="1">{columns}</row>'), (*_UNUSABLE, *TOO_LARGE)),
        ("百万列.xlsx", sheet(f'<row r="1">{beyond}</row>'), (*_UNUSABLE, *TOO_LARGE)),
        ("没有右括号.xlsx", sheet('<c r="A1"' * 400_000), _UNUSABLE),
        ("深层嵌套.xlsx", sheet(one + "<a>" * 200_000), _UNUSABLE),
        ("二十万合并.xlsx", sheet(one, after=f"<mergeCells>{merges}</mergeCells>"), _UNUSABLE),
        (
            "合并全表.xlsx",
            sheet(one, after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
            _UNUSABLE,
        ),
        (
            "字串序号.xlsx",
            sheet('<row r="1"><c r="A1" t="s"><v>4294967295</v></c></row>'),
            _UNUSABLE,
        ),
        ("长单元格.xlsx", sheet(text.format("长" * 2_000_000)), ("FILE-108",)),
    ):
        yield Attack(name, _bytes(workbook({_SHEET: part})), outcomes, name in _HEAVY)
    formats = "".join(f'<numFmt numFmtId="{i}" formatCode="0%"/>' for i in range(200_000))
    for name, changes in (
        (
            "样式.xlsx",
            {
                "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
                "</styleSheet>".replace("\n", "")
            },
        ),
        (
            "关系指向包外.xlsx",
            {
                "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" '
                'Target="../../../../etc/passwd"/></Relationships>'
            },
        ),
        ("没有关系.xlsx", {"xl/_rels/workbook.xml.rels": ""}),
        ("坏工作簿部件.xlsx", {"xl/workbook.xml": "<workbook>" * 10_000}),
        (
            "字串数目.xlsx",
            {
                "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="4294967295" '
                'uniqueCount="4294967295"><si><t>甲</t></si></sst>'
            },
        ),
    ):
        parts = {part: markup.encode() for part, markup in changes.items()}
        is_heavy = name == "字串数目.xlsx"
        yield Attack(name, _bytes(workbook(parts)), (*_UNUSABLE, "FILE-212"), is_heavy)
    yield Attack("少见压缩.xlsx", _bytes(workbook({}, zipfile.ZIP_BZIP2)), ("FILE-104",))
    strings = b"<sst xmlns='%s'>" % _MAIN.encode() + b"<si><t>%s</t></si>" % (b"A" * 500) * 140_000
    bomb = workbook({"xl/sharedStrings.xml": strings})
    yield Attack("字串炸弹.xlsx", _bytes(bomb), ("FILE-108",))
    yield Attack(
        "字串炸弹谎报.xlsx",
        _bytes(lying(bomb, "xl/sharedStrings.xml", 1000)),
        (*_UNUSABLE, *TOO_LARGE),
        is_heavy=True,
    )
    small = workbook({_SHEET: sheet(one * 400_000)})
    yield Attack("工作表谎报.xlsx", _bytes(lying(small, _SHEET, 5000)), _UNUSABLE)
    yield Attack(
        "图片炸弹.xlsx", _bytes(workbook({"xl/media/a.bin": b"\0" * 70 * _MIB})), ("FILE-108",)
    )
    locked = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(workbook({}))).encrypt("机密", locked)
    yield Attack("密码.xlsx", _bytes(locked.getvalue()), ("FILE-105",))
    slow = locked.getvalue().replace(b'spinCount="100000"', b'spinCount="999999"')
    yield Attack("密码很慢.xlsx", _bytes(slow), ("FILE-105",))
    names = io.BytesIO()
    with xlsxwriter.Workbook(names, {"in_memory": True}) as book:
        for name in (
            "'; drop table a; --".replace("'", "’"),
            "<script>alert(1)<",
            "=1+1",
            "\u202e表",
        ):
            book.add_worksheet(name[:31]).write_string(0, 0, "甲")
    yield Attack("工作表名.xlsx", _bytes(names.getvalue()), ("FILE-201",))


_HEAVY = frozenset(("最远一格在前.xlsx", "表外一格.xlsx", "溢出行号.xlsx", "百万列.xlsx"))


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- xls ----------------------------------------------------------------------------------------


def _old_workbook() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for row in range(400):
        page.write(row, 0, f"项目{row}")
        page.write(row, 3, row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _old_workbooks() -> Iterator[Attack]:
    good = _old_workbook()
    any_refusal = ("FILE-104", "FILE-107", "FILE-201", "FILE-103", "FILE-212")
    for share in (2, 3, 10):
        yield Attack(
            f"截断{share}.xls", _bytes(good[: len(good) * (share - 1) // share]), any_refusal
        )
    yield Attack("只有表头.xls", _bytes(good[:512]), any_refusal)
    with olefile.OleFileIO(io.BytesIO(good)) as container:
        sectors = len(container.fat)
        at = 512 + container.sectorsize * struct.unpack_from("<I", good, 76)[0]
    loop = bytearray(good)
    for sector in range(sectors):
        struct.pack_into("<I", loop, at + 4 * sector, sector)
    yield Attack("扇区回环.xls", _bytes(bytes(loop)), any_refusal)
    loop = bytearray(good)
    struct.pack_into("<II", loop, 68, 0, 0xFFFFFFF)
    yield Attack("扩展扇区回环.xls", _bytes(bytes(loop)), any_refusal, is_heavy=True)
    huge = bytearray(good)
    at = huge.find("Workbook".encode("utf-16-le"))
    struct.pack_into("<Q", huge, at + 0x78, 0x7FFFFFFF)
    yield Attack("谎报流长.xls", _bytes(bytes(huge)), any_refusal, is_heavy=True)
    far = bytearray(good)
    # a NUMBER or RK cell of the last rows, moved to the last cell that the format can name
    at = far.find(struct.pack("<HHHH", 0x027E, 10, 399, 3))
    struct.pack_into("<HH", far, at + 4, 0xFFFF, 0xFFFF)
    yield Attack("最远一格.xls", _bytes(bytes(far)), any_refusal, is_heavy=True)


# --- markup -------------------------------------------------------------------------------------


def _spreadsheetml(rows: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>'
        f"{rows}</Table></Worksheet></Workbook>"
    ).encode()


def _markup() -> Iterator[Attack]:
    cell = '<Cell{}><Data ss:Type="String">甲</Data></Cell>'
    far_row = f'<Row ss:Index="999999999">{cell.format("")}</Row>'
    far_column = "<Row>" + cell.format(' ss:Index="999999999"') + "</Row>"
    wide = cell.format(' ss:MergeAcross="16000" ss:MergeDown="999999999"')
    late = f"<!--{'x' * 1_100_000}-->"
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for name, content, outcomes in (
        ("外部实体.xls", _spreadsheetml(f"<Row>{cell.format('')}</Row>", entity), ("FILE-109",)),
        ("晚来的实体.xls", _spreadsheetml("", late + entity), (*_UNUSABLE, "FILE-103")),
        ("远行.xls", _spreadsheetml(far_row), TOO_LARGE),
        ("远列.xls", _spreadsheetml(far_column), TOO_LARGE),
        ("大跨行.xls", _spreadsheetml(f"<Row>{wide * 3_000}</Row>" * 3), (*TOO_LARGE, *_UNUSABLE)),
        ("深层.xls", _spreadsheetml("<Row>" * 100_000), ("FILE-104",)),
    ):
        yield Attack(name, _bytes(content), outcomes)
    page = "<html><body><table>{}</table></body></html>"
    spans = "<tr>" + "<td colspan=16000 rowspan=60000>甲</td>" * 20 + "</tr>"
    for name, text, outcomes in (
        (
            "大跨列.html.xls",
            page.format("<tr><td colspan=999999999 rowspan=999999999>甲</td></tr>" * 3),
            (*TOO_LARGE, *_UNUSABLE),
        ),
        ("许多大跨列.html.xls", page.format(spans * 3_000), (*TOO_LARGE, *_UNUSABLE)),
        ("深层.html.xls", page.format("<tr><td>" + "<b>" * 100_000 + "甲"), _UNUSABLE),
        ("套表.html.xls", page.format("<tr><td><table>" * 20_000) + "</table>" * 20_000, _UNUSABLE),
        ("注释.html.xls", "<!---->" * 9_000 + "<x", ("FILE-201", "FILE-102", "FILE-107")),
        ("声明.html.xls", '<?xml a="">' * 5_000 + "<x", ("FILE-103", "FILE-201", "FILE-102")),
        (
            "字符引用.html.xls",
            page.format("<tr><td>" + "&#0;&#xD800;&#x110000;&#99999999999;" * 9_000 + "</td></tr>"),
            (*_UNUSABLE, "FILE-106", "FILE-108"),
        ),
        ("脚本.html.xls", page.format("<tr><td><script>alert(1)</script>甲</td></tr>"), _UNUSABLE),
    ):
        yield Attack(name, _bytes(text.encode()), outcomes)


# --- text ---------------------------------------------------------------------------------------


def write_line(handle: BinaryIO, size: int) -> None:
    """Write one line of text without end, a piece at a time.

    Args:
        handle: where to.
        size: bytes.
    """
    piece = ("项目名称,1," * 10_000).encode()
    handle.write(b"a,b\r"[:3])
    while size > 0:
        handle.write(piece[:size])
        size -= len(piece)


def _texts() -> Iterator[Attack]:
    yield Attack(
        "一行.csv", lambda handle: write_line(handle, 100 * _MIB), ("FILE-108", "FILE-106")
    )
    yield Attack(
        "一行更长.csv", lambda handle: write_line(handle, 200 * _MIB), ("FILE-108",), is_heavy=True
    )
    head = "项目编码,项目名称\n"
    sql = "'; drop table raw.a; --"
    for name, content, outcomes in (
        ("空字节.csv", (head + "1,\0\0甲\n").encode(), ("FILE-106",)),
        ("全是空字节.csv", b"\0" * 1_000_000, ("FILE-102",)),
        ("两种编码.csv", head.encode() + "甲乙\n".encode("gb18030"), ("FILE-106", "FILE-201")),
        ("没有标记的UTF16.csv", head.encode("utf-16-le"), ("FILE-106", "FILE-102")),
        ("不闭合引号.csv", (head + '"' + "甲,\n" * 100_000).encode(), ("FILE-104",)),
        ("很多引号.csv", (head + '","' * 200_000 + '"').encode(), (*_UNUSABLE, *TOO_LARGE)),
        ("很多列.csv", (head + "," * 1_000_000 + "甲\n").encode(), ("FILE-108",)),
        ("宽又长.csv", (("," * 16_000 + "甲\n") * 2_000).encode(), ("FILE-108",)),
        ("长单元格.csv", (head + "1," + "长" * 1_000_000 + "\n").encode(), ("FILE-108",)),
        (
            "表头是SQL.csv",
            f"2020年部门预算项目清单\n{sql},项目名称\n1,甲\n".encode(),
            ("HEAD-001", "FILE-201", "FILE-202"),
        ),
        (
            "公式.csv",
            "\n".join(f"{text.strip()},1" for text in hostile_text.FORMULAS).encode(),
            ("FILE-201",),
        ),
        ("全是换行.csv", b"\n" * 3_000_000, ("FILE-101", "FILE-107")),
        ("反复回车.csv", b"a,b\r" * 400_000, ("FILE-201",)),
    ):
        yield Attack(name, _bytes(content), outcomes)
