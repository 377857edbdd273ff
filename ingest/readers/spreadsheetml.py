"""SpreadsheetML 2003 (the XML that many systems save as .xls) to grids."""

from __future__ import annotations

import re

import polars as pl
from lxml import etree

from ingest.readers.grid import Grid, UnreadableFileError
from ingest.readers.markup_cells import (
    FIELD_END,
    RECORD_END,
    cells_from_text,
    cleared_of_marks,
    list_cells,
    place,
)
from ingest.readers.number_formats import is_percent_format, percent_text
from ingest.readers.sniff import SPREADSHEETML_NAMESPACE
from ingest.readers.text_encoding import decode

MAX_TREE_CHARACTERS = 64 * 1024**2
"""Longest document that is read as one tree; longer ones are read in pieces of whole rows."""

PIECE_CHARACTERS = 8 * 1024**2

_SS = f"{{{SPREADSHEETML_NAMESPACE}}}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_PROLOG = re.compile(r"^\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
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
    root, cells = _read_pieces(text) if len(text) > MAX_TREE_CHARACTERS else _read_tree(text)
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
            grids.append(Grid(name, placed.frame, visible.startswith("SheetHidden")
                              or visible.startswith("SheetVeryHidden"), placed.merges))
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
    root = _parse(text)
    return root, list_cells(_STYLESHEET, root)


def _read_pieces(text: str) -> tuple[etree._Element, pl.DataFrame]:
    """Read a long document in pieces of whole rows, so that its tree is never held at once.

    Each piece is well-formed in itself, with the document's own opening tags before it; the last
    piece brings the closing tags.
    """
    raise NotImplementedError


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


_ = cells_from_text
