"""Each physical format gives the same grid, at the coordinates the sender sees."""

from __future__ import annotations

import datetime as dt
import io

import polars as pl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheet_files import (
    delimited,
    html,
    html_table,
    spreadsheetml,
    spreadsheetml_table,
    xls,
    xlsx,
)

from ingest.readers import html_table as html_reader
from ingest.readers import markup_cells, read_grids, read_merges, sniff
from ingest.readers import spreadsheetml as spreadsheetml_reader
from ingest.readers.grid import UnreadableFileError
from ingest.readers.sniff import Format

TABLE = [
    [None, None, None],
    [None, "项目支出绩效目标申报表（2020年度）", None],
    [None, None, None],
    [None, "项目编码", "指标值"],
    [None, "650102000000000000001", "≥95%"],
    [None, "007", "〔2020〕1号，“引号”,逗号"],
]

WRITERS = {
    "xlsx": (xlsx, Format.XLSX),
    "xls": (xls, Format.XLS),
    "spreadsheetml utf-8": (spreadsheetml_table, Format.SPREADSHEETML),
    "spreadsheetml gb2312": (
        lambda table: spreadsheetml_table(table, "gb2312"),
        Format.SPREADSHEETML,
    ),
    "html gb2312": (html_table, Format.HTML),
    "html utf-8": (lambda table: html_table(table, "utf-8"), Format.HTML),
    "csv utf-8-sig": (delimited, Format.DELIMITED),
    "csv gb18030": (lambda table: delimited(table, "gb18030"), Format.DELIMITED),
    "csv utf-16": (lambda table: delimited(table, "utf-16"), Format.DELIMITED),
    "tab separated": (lambda table: delimited(table, "gb18030", "\t"), Format.DELIMITED),
}


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, name: str = "导出.xls"):
        path = tmp_path / "blob"
        path.write_bytes(content)
        return [read_merges(path, grid) for grid in read_grids(path, name)]

    return read


def cells(frame: pl.DataFrame) -> dict[tuple[int, int], str]:
    return {
        (i, j): text
        for i, row in enumerate(frame.rows())
        for j, text in enumerate(row)
        if text is not None
    }


def filled(table) -> dict[tuple[int, int], str]:
    return {
        (i, j): text
        for i, row in enumerate(table)
        for j, text in enumerate(row)
        if text is not None
    }


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_grid(read, name):
    write, kind = WRITERS[name]
    content = write(TABLE)
    assert sniff(content) is kind
    (grid,) = read(content)
    assert grid.frame.columns == ["c0", "c1", "c2"]
    assert set(grid.frame.dtypes) == {pl.String}
    assert cells(grid.frame) == filled(TABLE)
    assert grid.frame.height == len(TABLE)
    assert grid.merges == ()


# Characters of the national standard that Chinese systems write, and the marks markup and csv mind
TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.sampled_from(list("0123456789.%≥≤±～—〔〕（），。；：、“”'\"<>&;,=#/|\\ aZ①Ⅷ㎡℃")),
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: text == " ".join(text.split()))
TABLES = st.lists(
    st.lists(st.one_of(st.none(), TEXTS), min_size=3, max_size=3), min_size=1, max_size=6
).filter(lambda table: any(text for row in table for text in row))


@pytest.mark.parametrize("name", WRITERS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=TABLES)
def test_any_chinese_text_keeps_its_place(read, name, table):
    write, _ = WRITERS[name]
    (grid,) = read(write(table))
    assert cells(grid.frame) == filled(table)


@pytest.mark.parametrize("piece", [1, 150, 10_000])
@given(table=TABLES)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_regular_markup_lists_the_same_cells_as_the_tree(monkeypatch, piece, table):
    monkeypatch.setattr(markup_cells, "PIECE_CHARACTERS", piece)
    text = html_table(table, "utf-8").decode()
    by_tree = html_reader._with_shown_text(html_reader._cells_by_tree(text))
    by_pattern = html_reader._with_shown_text(html_reader._cells_by_pattern(text))
    assert by_pattern.equals(by_tree)
    text = spreadsheetml_table(table).decode().split("?>", 2)[2]
    _, by_tree = spreadsheetml_reader._read_tree(text)
    _, by_pattern = spreadsheetml_reader._read_regular(text)
    assert by_pattern.equals(by_tree)


@pytest.mark.parametrize(
    "markup",
    [
        "<tr><td>一<b>二</b></td></tr>",
        "<tr><td>一<table><tr><td>内</td></tr></table></td></tr>",
        "<tr><td>一</td></tr><!-- 注 --><tr><td>二</td></tr>",
        "<TR><TD>一</TD></TR>",
        "<tr><td>一<td>二</tr>",
    ],
)
def test_irregular_html_is_left_to_the_tree(markup):
    assert html_reader._cells_by_pattern(html(markup, "utf-8").decode()) is None


@pytest.mark.parametrize(
    "markup",
    [
        '<Row><Cell><Data ss:Type="String">一<B>二</B></Data></Cell></Row>',
        '<Row><Cell><Data ss:Type="String"><![CDATA[一]]></Data></Cell></Row>',
        '<Row><Cell><Data ss:Type="String">&other;</Data></Cell></Row>',
        '<Row><Cell><Data ss:Type="String">一</Data></Row>',
        '<Row/><Cell><Data ss:Type="String">一</Data></Cell></Row>',
    ],
)
def test_irregular_spreadsheetml_is_left_to_the_tree(markup):
    text = spreadsheetml(markup).decode().split("?>", 2)[2]
    assert spreadsheetml_reader._read_regular(text) is None


def test_spreadsheetml_positions_spans_and_types(read):
    body = (
        '<Column ss:Width="80"/><Row ss:Index="3">'
        '<Cell ss:Index="2" ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">甲</Data>'
        '</Cell><Cell><Data ss:Type="Number">814.0</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="String">左</Data></Cell>'
        '<Cell><Data ss:Type="String">右</Data></Cell></Row>'
        '<Row/><Row ss:Span="1"/>'
        '<Row><Cell ss:StyleID="p"><Data ss:Type="Number">0.958</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2020-05-31T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Number">1.5E-3</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell>'
        '<Cell><Data ss:Type="String">1.50</Data></Cell>'
        '<Cell><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>'
    )
    styles = '<Styles><Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style></Styles>'
    (grid,) = read(spreadsheetml(body, styles=styles))
    assert cells(grid.frame) == {
        (2, 1): "甲",
        (2, 3): "814",
        (3, 0): "左",
        (3, 3): "右",
        (7, 0): "95.8%",
        (7, 1): "2020-05-31",
        (7, 2): "0.0015",
        (7, 3): "TRUE",
        (7, 4): "1.50",
        (7, 5): "#DIV/0!",
    }
    assert grid.merges == ((2, 1, 3, 2),)


def test_html_spans_titles_and_line_breaks(read):
    page = (
        "<html><head><title>导出</title></head><body><h3>2020年度</h3><table>"
        "<tr><td colspan='3'>标 题</td></tr>"
        "<tr><td rowspan=3>甲</td><td>一<br>二</td><td rowspan='2'>丙</td></tr>"
        "<tr><td>乙&nbsp;&amp;</td></tr>"
        "<tr><td colspan=2>丁</td></tr></table></body></html>"
    )
    (grid,) = read(page.encode("gb18030"))
    assert cells(grid.frame) == {
        (0, 0): "2020年度",
        (1, 0): "标 题",
        (2, 0): "甲",
        (2, 1): "一\n二",
        (2, 2): "丙",
        (3, 1): "乙\xa0&",
        (4, 1): "丁",
    }
    assert grid.merges == ((1, 0, 1, 2), (2, 0, 4, 0), (2, 2, 3, 2), (4, 1, 4, 2))


def test_a_span_in_a_long_list_pushes_only_its_own_rows(read):
    rows = "".join(
        f"<tr><td rowspan='2'>项目{i}</td><td>{i}</td></tr><tr><td>{i}乙</td></tr>"
        for i in range(200)
    )
    (grid,) = read(html(rows))
    assert grid.frame["c0"].drop_nulls().to_list() == [f"项目{i}" for i in range(200)]
    assert grid.frame["c1"].to_list() == [text for i in range(200) for text in (f"{i}", f"{i}乙")]


def test_workbook_values_read_as_the_sender_sees_them(read):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("甲")
        formats = {
            code: book.add_format({"num_format": code})
            for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "0%", '0.0"%"', "0.00%")
        }
        page.write_number(3, 2, 814.0)
        page.write_number(3, 3, 0.958)
        page.write_number(3, 4, 1e15)
        page.write_datetime(3, 5, dt.datetime(2020, 5, 31), formats["yyyy-mm-dd"])
        page.write_datetime(3, 6, dt.datetime(2020, 5, 31, 9), formats["yyyy-mm-dd hh:mm"])
        page.write_datetime(3, 7, dt.time(10, 30), formats["hh:mm"])
        page.write_number(3, 8, 0.9, formats["0%"])
        page.write_number(3, 9, 0.9, formats['0.0"%"'])
        page.write_boolean(3, 10, True)
        page.write_formula(3, 11, "=1/0", None, "#DIV/0!")
        page.write_formula(3, 12, "=A1*2", None, 12.5)
        page.write_formula(3, 13, "=0.5", formats["0.00%"], 0.123456)
        page.write_string(3, 14, " \u3000")
        page.merge_range(4, 2, 6, 3, "合并")
        page.write_string(6, 4, "末")
        hidden = book.add_worksheet("藏")
        hidden.write_string(0, 0, "藏")
        hidden.hide()
        book.add_worksheet("空")
    grid, second = read(stream.getvalue())
    assert list(grid.frame.row(3)) == [
        None,
        None,
        "814",
        "0.958",
        "1000000000000000",
        "2020-05-31",
        "2020-05-31 09:00:00",
        "10:30:00",
        "90%",
        "0.9",
        "TRUE",
        "#DIV/0!",
        "12.5",
        "12.3456%",
    ]
    assert (grid.frame[4, 2], grid.frame[6, 4]) == ("合并", "末")
    assert grid.merges == ((4, 2, 6, 3),)
    assert (grid.is_hidden, second.sheet, second.is_hidden) == (False, "藏", True)


def test_old_workbook_values_read_as_the_sender_sees_them(read):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("甲")
    page.write(1, 1, 0.95, xlwt.easyxf(num_format_str="0%"))
    page.write(1, 2, 0.955, xlwt.easyxf(num_format_str="0.0%"))
    page.write(1, 3, dt.datetime(2020, 5, 31), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    page.write(1, 4, 814.0)
    page.write(1, 5, "2020-05-31 00:00:00")
    page.write_merge(2, 3, 1, 2, "合并")
    page.write(3, 3, "末")
    stream = io.BytesIO()
    book.save(stream)
    (grid,) = read(stream.getvalue())
    assert grid.frame.row(1)[:5] == (None, "95%", "95.5%", "2020-05-31", "814")
    assert grid.merges == ((2, 1, 3, 2),)


def test_a_date_written_as_text_stays_as_sent(read):
    (grid,) = read(xlsx([["2020-05-31 00:00:00"]]))
    assert grid.frame[0, 0] == "2020-05-31 00:00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '标题\n\na,b,c\n1,"x\ny",3\n\n4\n',
            [
                ("标题", None, None),
                (None, None, None),
                ("a", "b", "c"),
                ("1", "x\ny", "3"),
                (None, None, None),
                ("4", None, None),
            ],
        ),
        ('a,b\r\n\r\n1,5"管\r\n', [("a", "b"), (None, None), ("1", '5"管')]),
        ("只有一列\n\n二\n", [("只有一列",), (None,), ("二",)]),
        ("甲;乙\n1;2\n", [("甲", "乙"), ("1", "2")]),
        ("甲\t乙,丙\n1\t2\n", [("甲", "乙,丙"), ("1", "2")]),
        ('甲,"说""明"""\n', [("甲", '说"明"')]),
        ("甲,乙\r1,2\r", [("甲", "乙"), ("1", "2")]),
    ],
)
def test_csv_records_keep_their_row(read, text, expected):
    (grid,) = read(text.encode("gb18030"))
    assert grid.frame.rows() == expected


def test_csv_with_a_quote_that_never_closes_is_refused(read):
    with pytest.raises(UnreadableFileError) as caught:
        read('甲,乙\n1,"2\n3,4\n'.encode())
    assert caught.value.rule_id == "FILE-104"


def test_trailing_blanks_are_cut_and_leading_ones_kept(read):
    table = [[None] * 300, [None, "甲", *[" "] * 298], [None] * 300]
    (grid,) = read(xlsx(table))
    assert grid.frame.rows() == [(None, None), (None, "甲")]
