"""SpreadsheetML 2003 (the XML that many systems save as .xls) to grids."""

from __future__ import annotations

import re

import polars as pl
from lxml import etree

from ingest.readers.grid import Grid, UnreadableFileError
from ingest.readers.markup_cells import (
    FIELD_END,
    FIELDS,
    RECORD_END,
    cleared_of_marks,
    list_cells,
    place,
    resolve_references,
    typed_cells,
    whole_rows,
)
from ingest.readers.number_formats import is_percent_format, percent_text
from ingest.readers.sniff import SPREADSHEETML_NAMESPACE
from ingest.readers.text_encoding import decode

MAX_TREE_CHARACTERS = 24 * 1024**2
"""Longest document that is read as a tree (up to 30 bytes of memory per character)."""

PATTERN_CHARACTERS = 2 * 1024**2
"""A document longer than this is first tried as regular markup: faster, and smaller in memory."""

_SS = f"{{{SPREADSHEETML_NAMESPACE}}}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_PROLOG = re.compile(r"^\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_TABLE = re.compile(r"<Table\b[^<>]*[^/<>]>|<Table>")
_REGULAR_ROW = r"^((?:\s[^<>]*[^<>/])?)\s*(?:>\s*(</Row>\s*)?|(/>\s*))$"
_REGULAR_CELL = (
    r"^((?:\s[^<>]*[^<>/])?)\s*(?:(/>)|>\s*(?:<Data((?:\s[^<>]*[^<>/])?)(?:/>|>([^<>]*)</Data>))?"
    r"\s*(?:<NamedCell[^<>]*/>\s*)*</Cell>)\s*(</Row>\s*)?$"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_LIST_CELLS = f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:ss="{SPREADSHEETML_NAMESPACE}">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:for-each select="/ss:Workbook/ss:Worksheet">
      <xsl:variable name="table" select="position()"/>
      <xsl:for-each select="ss:Table/ss:Row">
        <xsl:variable name="row" select="concat($table, '{FIELD_END}', position(), '{FIELD_END}',
            @ss:Index, '{FIELD_END}', @ss:Span, '{FIELD_END}')"/>
        <xsl:for-each select="ss:Cell">
          <xsl:value-of select="concat($row, @ss:Index, '{FIELD_END}', @ss:MergeAcross,
              '{FIELD_END}', @ss:MergeDown, '{FIELD_END}', ss:Data/@ss:Type, '{FIELD_END}',
              @ss:StyleID, '{FIELD_END}', ss:Data, '{RECORD_END}')"/>
        </xsl:for-each>
        <xsl:if test="not(ss:Cell)">
          <xsl:value-of select="concat($row, '{FIELD_END * 5}', '{RECORD_END}')"/>
        </xsl:if>
      </xsl:for-each>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
"""
_STYLESHEET = etree.XSLT(etree.XML(_LIST_CELLS))


def read_spreadsheetml(content: bytes) -> list[Grid]:
    """Read every sheet of a SpreadsheetML 2003 workbook that holds text.

    Args:
        content: the file's bytes.

    Returns:
        Grids in sheet order with their merges, hidden sheets too.

    Raises:
        UnreadableFileError: FILE-104 (cut off or malformed), FILE-106 (encoding), FILE-107 (no
            text), FILE-108 (too large), FILE-109 (defines entities).
    """
    declared = _ENCODING.search(content[:200])
    text = cleared_of_marks(decode(content, declared.group(1).decode() if declared else None))
    text = _PROLOG.sub("", text, count=1)
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text[:1_000_000], re.IGNORECASE):
        raise UnreadableFileError(
            "FILE-109", "XML 表格里带有 DOCTYPE 或实体定义", "系统直接导出的 XML 表格"
        )
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    regular = _read_regular(text) if len(text) > PATTERN_CHARACTERS else None
    root, cells = regular or _read_tree(text)
    percent_styles = {
        style.get(f"{_SS}ID", "")
        for style in root.iter(f"{_SS}Style")
        for shown in style.iterfind(f"{_SS}NumberFormat")
        if is_percent_format(shown.get(f"{_SS}Format", ""))
    }
    cells = _with_shown_text(cells, percent_styles)
    tables = cells.partition_by("table", as_dict=True)
    grids = []
    for number, node in enumerate(root.iterfind(f"{_SS}Worksheet"), start=1):
        name = node.get(f"{_SS}Name", "")
        placed = place(tables.get((number,), cells.clear()), name)
        if placed.frame.width:
            visible = node.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "").strip()
            is_hidden = visible in ("SheetHidden", "SheetVeryHidden")
            grids.append(Grid(name, placed.frame, is_hidden, placed.merges))
    if not grids:
        raise UnreadableFileError(
            "FILE-107", "工作簿的每张工作表都是空白", "至少一张有表头和数据的工作表"
        )
    return grids


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError(
            "FILE-104", f"XML 表格不完整或有错（{error.msg}）"[:120], "完整的导出文件"
        ) from error


def _read_tree(text: str) -> tuple[etree._Element, pl.DataFrame]:
    """Read any document."""
    if len(text) > MAX_TREE_CHARACTERS:
        raise UnreadableFileError(
            "FILE-108",
            f"XML 表格有 {len(text) // 1024**2} 百万字",
            "另存为 xlsx 后再报送的大表",
        )
    root = _parse(text)
    return root, list_cells(_STYLESHEET, root)


def _read_regular(text: str) -> tuple[etree._Element, pl.DataFrame] | None:
    """Read a document that a program wrote, without building a tree of its cells.

    What stands around the rows is parsed as XML, the rows by one pattern that each cell must match
    from its first character to the next cell's.

    Args:
        text: the document without its prolog.

    Returns:
        The document without its rows, and the cells as `_read_tree` would list them; None where
        the document is not so regular.
    """
    bodies = [(found.end(), text.find("</Table>", found.end())) for found in _TABLE.finditer(text)]
    if not bodies or min(end for _, end in bodies) < 0:
        return None
    skeleton, at = [], 0
    for start, end in bodies:
        first = text.find("<Row", start, end)
        skeleton.append(text[at : end if first < 0 else first])
        at = end
    root = _parse("".join((*skeleton, text[at:])))
    sheets = root.findall(f"{_SS}Worksheet")
    numbers = [n for n, sheet in enumerate(sheets, 1) for _ in sheet.iterfind(f"{_SS}Table")]
    if len(numbers) != len(bodies) or len(set(numbers)) != len(numbers):
        return None
    listed = []
    for number, (start, end) in zip(numbers, bodies, strict=True):
        rows_before = 0
        for piece in whole_rows(text, "<Row", start, end):
            cells = _regular_cells(piece, number, rows_before)
            if cells is None:
                return None
            listed.append(cells)
            rows_before = cells["row"].max() or rows_before
    return (root, pl.concat(listed)) if listed else None


def _regular_cells(body: str, table: int, rows_before: int) -> pl.DataFrame | None:
    """List the cells of some of a table's rows; None where a row or cell does not match."""
    if "<!" in body or "<?" in body:
        return None
    rows = pl.Series("row", [body]).str.split("<Row").explode().slice(1)
    pieces = (
        rows.to_frame()
        .with_row_index("number", offset=rows_before + 1)
        .with_columns(pl.col("row").str.split("<Cell"))
        .explode("row")
        .with_columns(is_head=pl.col("number").is_first_distinct())
    )
    heads = pieces.filter("is_head").select(
        pl.col("number").cast(pl.Int64),
        pl.col("row").str.extract_groups(_REGULAR_ROW)
        .struct.rename_fields(["row", "end", "empty"])
        .alias("row"),
    ).unnest("row")
    cells = pieces.filter(~pl.col("is_head")).select(
        pl.col("number").cast(pl.Int64),
        pl.col("row").str.extract_groups(_REGULAR_CELL)
        .struct.rename_fields(["cell", "empty", "data", "text", "end"])
        .alias("cell"),
    ).unnest("cell")
    text = cells["text"]
    is_closed = heads["end"].is_not_null() | heads["empty"].is_not_null()
    is_last = cells["number"] != cells["number"].shift(-1).fill_null(0)
    if (
        heads["row"].null_count()
        or (heads["number"].is_in(cells["number"].unique().implode()) == is_closed).any()
        or cells["cell"].null_count()
        or (cells["end"].is_not_null() != is_last).any()
        or text.str.contains(r"&(?:[^agql#]|$)").any()
    ):
        return None
    if text.str.contains("&", literal=True).any():
        text = resolve_references(text)
    heads = heads.select("number", row_index=_attribute("row", "Index"),
                         row_span=_attribute("row", "Span"))
    spans = {"index": "Index", "across": "MergeAcross", "down": "MergeDown", "style": "StyleID"}
    has_attributes = (cells["cell"] != "").any()
    cells = cells.select(
        "number",
        text,
        _attribute("data", "Type").fill_null("").alias("kind"),
        *(
            (_attribute("cell", name) if has_attributes else pl.lit(None, pl.String)).alias(field)
            for field, name in spans.items()
        ),
    )
    # a row without cells is listed too: its position counts for those after it
    listed = heads.join(cells, on="number", how="left", maintain_order="left_right")
    return typed_cells(
        listed.select(
            pl.lit(table, pl.Int64).alias("table"),
            pl.col("number").alias("row"),
            *(name for name in FIELDS[2:7]),
            pl.col("kind", "style", "text").fill_null(""),
        )
    )


def _attribute(column: str, name: str) -> pl.Expr:
    return pl.col(column).str.extract(rf'\bss:{name}\s*=\s*["\']([^"\']*)["\']')


def _with_shown_text(cells: pl.DataFrame, percent_styles: set[str]) -> pl.DataFrame:
    """Write numbers, dates and truth values as every reader does."""
    text, kind = pl.col("text"), pl.col("kind")
    number = text.str.strip_chars()
    shortest = (
        pl.when(number.str.contains(r"^[+-]?\d+\.\d*0+$|^[+-]?\d+\.$"))
        .then(number.str.strip_chars_end("0").str.strip_chars_end("."))
        .when(number.str.contains(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$"))
        .then(number.cast(pl.Float64, strict=False).cast(pl.Decimal(38, 12), strict=False)
              .cast(pl.String).str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(number)
    )
    moment = number.str.replace(r"\.0+$", "").str.replace("T", " ", literal=True)
    shown = (
        pl.when(kind == "Number").then(shortest)
        .when(kind == "DateTime")
        .then(moment.str.replace(r" 00:00:00$", "").str.replace(r"^1899-12-31 ", ""))
        .when(kind == "Boolean")
        .then(number.replace({"1": "TRUE", "0": "FALSE"}))
        .when(text != "")
        .then(text)
    )
    cells = cells.with_columns(shown.alias("text"))
    if not percent_styles:
        return cells
    is_percent = (kind == "Number") & pl.col("style").is_in(list(percent_styles))
    distinct = cells.filter(is_percent)["text"].drop_nulls().unique()
    percents = pl.Series([percent_text(value) for value in distinct], dtype=pl.String)
    return cells.with_columns(
        pl.when(is_percent).then(text.replace(distinct, percents)).otherwise(text).alias("text")
    )

