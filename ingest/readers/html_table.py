"""HTML saved as .xls to one grid: the tables of the page stacked, as Excel shows them."""

from __future__ import annotations

import re

import polars as pl
from lxml import etree

from ingest.readers.grid import Grid, UnreadableFileError
from ingest.readers.markup_cells import (
    FIELD_END,
    LINE_BREAK,
    RECORD_END,
    cells_from_text,
    cleared_of_marks,
    list_cells,
    place,
    resolve_references,
    whole_rows,
)
from ingest.readers.text_encoding import decode

MAX_TREE_CHARACTERS = 16 * 1024**2
"""Longest page that is read as a tree (up to 50 bytes of memory per character)."""

PATTERN_CHARACTERS = 2 * 1024**2
"""A page longer than this is first tried as regular markup, which is faster and smaller."""

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,31})</x:Name>")

# Text outside tables keeps its row too: titles often stand above the table as a heading.
_LIST_CELLS = f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:for-each select="//tr[not(ancestor::td) and not(ancestor::th)]
        | //caption[not(ancestor::td) and not(ancestor::th)]
        | //*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6 or self::p
              or self::div or self::center][not(ancestor::table)][text()[normalize-space()]]">
      <xsl:variable name="row" select="position()"/>
      <xsl:for-each select="td | th | self::*[not(self::tr)]">
        <xsl:text>1{FIELD_END}</xsl:text>
        <xsl:value-of select="$row"/>
        <xsl:text>{FIELD_END * 4}</xsl:text>
        <xsl:value-of select="@colspan"/>
        <xsl:text>{FIELD_END}</xsl:text>
        <xsl:value-of select="@rowspan"/>
        <xsl:text>{FIELD_END * 3}</xsl:text>
        <xsl:choose>
          <xsl:when test="*"><xsl:apply-templates/></xsl:when>
          <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
        </xsl:choose>
        <xsl:text>{RECORD_END}</xsl:text>
      </xsl:for-each>
    </xsl:for-each>
  </xsl:template>
  <xsl:template match="br"><xsl:text>{LINE_BREAK}</xsl:text></xsl:template>
  <xsl:template match="p | div | li | tr">
    <xsl:apply-templates/>
    <xsl:if test="following-sibling::*"><xsl:text>{LINE_BREAK}</xsl:text></xsl:if>
  </xsl:template>
  <xsl:template match="script | style"/>
  <xsl:template match="text()"><xsl:value-of select="."/></xsl:template>
</xsl:stylesheet>
"""
_STYLESHEET = etree.XSLT(etree.XML(_LIST_CELLS))

_REGULAR_CELL = (
    r"(?s)^((?:\s[^<>]*)?)>([^<>]*)</t[dh]>\s*(</tr>\s*(?:</t(?:body|head)>\s*)*.*)?$"
)


def read_html(content: bytes) -> list[Grid]:
    """Read the tables of a page as one grid.

    Args:
        content: the file's bytes.

    Returns:
        One grid with its merges; its name is the one Excel put in the page, else empty.

    Raises:
        UnreadableFileError: FILE-104 (cut off), FILE-106 (encoding), FILE-107 (no table),
            FILE-108 (too large).
    """
    charset = _CHARSET.search(content[:4096])
    text = decode(content, charset.group(1).decode() if charset else None)
    tags = text[:200_000] + text[-200_000:] if len(text) > 400_000 else text
    if len(re.findall(r"<table\b", text, re.I)) > len(re.findall(r"</table\s*>", text, re.I)):
        raise UnreadableFileError(
            "FILE-104", "网页表格没有结尾，可能只传来了一部分", "完整的导出文件"
        )
    name = _SHEET_NAME.search(tags)
    sheet = name.group(1) if name else ""
    text = cleared_of_marks(text)
    cells = _cells_by_pattern(text) if len(text) > PATTERN_CHARACTERS else None
    if cells is None:
        cells = _cells_by_tree(text)
    placed = place(_with_shown_text(cells), sheet)
    if not placed.frame.width:
        raise UnreadableFileError("FILE-107", "网页里没有带文字的表格", "含有表头和数据行的表格")
    return [Grid(sheet=sheet, frame=placed.frame, merges=placed.merges)]


def _cells_by_tree(text: str) -> pl.DataFrame:
    """List the cells of any page, however its markup is nested."""
    if len(text) > MAX_TREE_CHARACTERS:
        raise UnreadableFileError(
            "FILE-108",
            f"网页格式的文件有 {len(text) // 1024**2} 百万字",
            "另存为 xlsx 后再报送的大表",
        )
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
        if root is None:
            return cells_from_text("")
        return list_cells(_STYLESHEET, root)
    except (etree.XMLSyntaxError, etree.XSLTApplyError) as error:
        raise UnreadableFileError(
            "FILE-104", "网页表格的标记已损坏", "完整的导出文件"
        ) from error


def _cells_by_pattern(text: str) -> pl.DataFrame | None:
    """List the cells of a page that a program wrote: one table, no markup inside its cells.

    Args:
        text: the page.

    Returns:
        The cells as `_cells_by_tree` would list them; None where the page is not so regular.
    """
    start, end = text.find("<table"), text.rfind("</table>")
    if start < 0 or end < 0 or text.find("<table", start + 1) >= 0 or "<!--" in text[start:]:
        return None
    if re.search(r"<(?:t[dh]|p|div|h\d|center)\b", text[:start]):
        return None
    if re.search(r"<(?:p|div|h\d|center)\b", text[end:]):
        return None
    listed, rows_before = [], 0
    for piece in whole_rows(text, "<tr", start, end):
        cells = _regular_cells(piece, rows_before)
        if cells is None:
            return None
        listed.append(cells)
        rows_before += piece.count("<tr")
    return pl.concat(listed) if listed else None


def _regular_cells(body: str, rows_before: int) -> pl.DataFrame | None:
    """List the cells of some of a table's rows; None where a row or cell does not match."""
    rows = pl.Series("row", [body]).str.split("<tr").explode()
    if rows[0].count("<") != rows[0].count("<t"):
        return None
    rows = rows.slice(1).to_frame().with_row_index("number", offset=rows_before + 1)
    cells = (
        rows.with_columns(
            pl.col("row").str.replace_all("<th", "<td", literal=True).str.split("<td")
        )
        .explode("row")
        .with_columns(pl.col("row").str.extract_groups(_REGULAR_CELL).alias("parts"))
    )
    is_head = pl.col("number").is_first_distinct()
    heads = cells.filter(is_head)
    if not heads["row"].str.contains(r"^(?:\s[^<>]*)?>\s*$").all():
        return None
    parts = cells.filter(~is_head).select("number", pl.col("parts").struct.unnest())
    attributes, content, rest = parts.columns[1:]
    if parts[content].null_count() or not (
        parts[rest].drop_nulls().str.contains(r"^</tr>\s*(?:</?t(?:body|head|foot)>\s*)*$").all()
    ):
        return None
    texts = parts[content]
    if texts.str.contains("&", literal=True).any():
        texts = resolve_references(texts)
    spans = {
        name: pl.col(attributes).str.extract(rf'(?i)\b{name}\s*=\s*["\']?\s*(\d{{1,9}})')
        for name in ("colspan", "rowspan")
    }
    return parts.select(
        pl.lit(1, pl.Int64).alias("table"),
        pl.col("number").cast(pl.Int64).alias("row"),
        pl.lit(None, pl.Int64).alias("row_index"),
        pl.lit(0, pl.Int64).alias("row_span"),
        pl.lit(None, pl.Int64).alias("index"),
        spans["colspan"].cast(pl.Int64).fill_null(0).alias("across"),
        spans["rowspan"].cast(pl.Int64).fill_null(0).alias("down"),
        pl.lit("").alias("kind"),
        pl.lit("").alias("style"),
        texts.alias("text"),
    )


def _with_shown_text(cells: pl.DataFrame) -> pl.DataFrame:
    """Spans as further columns and rows; text with white space as a browser shows it."""
    texts = cells["text"].str.strip_chars(" \t\r\n\f\u00a0\u3000")
    if texts.str.contains(f"[\t\r\n{LINE_BREAK}]|  ").any():
        texts = (
            texts.str.replace_all(r"[ \t\r\n]+", " ")
            .str.replace_all(f" ?{LINE_BREAK} ?", "\n")
            .str.strip_chars()
        )
    return cells.with_columns(
        texts.replace("", None).alias("text"),
        *((pl.col(name) - 1).clip(lower_bound=0).alias(name) for name in ("across", "down")),
    )
