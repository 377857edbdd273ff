"""Which cells of a workbook show their number as a percentage, and whether any shows a date.

The fast parsers hand over the bare number (0.95) and lose the format (95%). In a form the two mean
different things, so the shown form is restored. What is read here is the styles table, and, only
where a cell style with a percentage is in use, the positions of the cells that carry it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import olefile
import polars as pl
from lxml import etree

from ingest.readers.compound_file import refuse_endless_chains
from ingest.readers.package import read_member

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT_MAIN = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN_PERCENTS = frozenset((9, 10))


@dataclass(frozen=True)
class SheetFormats:
    """Cells of one sheet whose number is shown as a percentage, 0-based."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class WorkbookFormats:
    """What a workbook's styles say.

    Attributes:
        has_dates: a cell style shows its number as a date or time.
        is_locked: the workbook is encrypted, so that nothing else could be read.
        percent_cells: by sheet name, for the sheets that have any.
    """

    has_dates: bool = False
    is_locked: bool = False
    percent_cells: dict[str, SheetFormats] = field(default_factory=dict)


def show_percentages(frame: pl.DataFrame, cells: SheetFormats) -> pl.DataFrame:
    """Give numbers shown as percentages the form the sender saw: 0.958 becomes 95.8%.

    All digits are kept, also those the format does not show.

    Args:
        frame: the sheet as text from its column A and row 1.
        cells: the cells in question; those outside the frame or without a number are left.

    Returns:
        The frame with those cells rewritten.
    """
    by_column = (
        pl.DataFrame({"row": cells.rows, "column": cells.columns})
        .filter(pl.col("row") < frame.height, pl.col("column") < frame.width)
        .partition_by("column", as_dict=True)
    )
    for (column,), found in by_column.items():
        series = frame.to_series(column)
        rows = found["row"].unique()
        texts = series.gather(rows)
        distinct = texts.drop_nulls().unique()
        shown = {text: percent_text(text) for text in distinct}
        frame.replace_column(column, series.scatter(rows, texts.replace(shown)))
    return frame


def percent_text(number: str) -> str:
    """Write a number as a percentage with all its digits.

    Args:
        number: such as 0.958.

    Returns:
        Such as 95.8%; the text itself if it is not a number.
    """
    if not re.fullmatch(r"-?\d+(\.\d+)?", number):
        return number
    text = f"{Decimal(number).scaleb(2):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}%"


def is_percent_format(code: str) -> bool:
    """Tell whether a number format code shows a percentage.

    Args:
        code: such as `0.00%`; also SpreadsheetML's `Percent`.

    Returns:
        True if a per cent sign stands outside quoted text.
    """
    return code == "Percent" or "%" in _LITERALS.sub("", code)


def is_date_format(code: str) -> bool:
    """Tell whether a number format code shows a date or time.

    Args:
        code: such as `yyyy/m/d`.

    Returns:
        True if a date letter stands outside quoted text.
    """
    elapsed = re.search(r"\[(h+|m+|s+)\]", code, re.IGNORECASE)
    return bool(elapsed) or bool(re.search(r"[ymdhs]", _LITERALS.sub("", code), re.IGNORECASE))


@dataclass(frozen=True)
class XlsxStyles:
    """What the styles part of an xlsx says.

    Attributes:
        has_dates: a cell style shows its number as a date or time.
        percent_cell: finds the column and row of cells whose style shows a percentage, in the
            bytes of a sheet; None where no style does.
    """

    has_dates: bool = False
    percent_cell: re.Pattern[bytes] | None = None

    def percent_cells(self, sheet: bytes) -> SheetFormats:
        """Find the numbers of a sheet that are shown as percentages.

        Args:
            sheet: the bytes of its part.

        Returns:
            Their places.
        """
        matches = self.percent_cell.findall(sheet) if self.percent_cell else []
        columns = {letters: column_number(letters.decode()) for letters, _ in matches}
        return SheetFormats(
            rows=[int(row) - 1 for _, row in matches],
            columns=[columns[letters] for letters, _ in matches],
        )


def read_xlsx_styles(archive: zipfile.ZipFile) -> XlsxStyles:
    """Read the styles of an xlsx.

    Args:
        archive: the open package.

    Returns:
        Its styles; none if it has no styles part that can be read.
    """
    try:
        return _styles_of(read_member(archive, "xl/styles.xml"))
    except (KeyError, etree.XMLSyntaxError):
        return XlsxStyles()


@lru_cache(maxsize=16)
def _styles_of(part: bytes) -> XlsxStyles:
    """Parse a styles part; the exports of one system share theirs to the byte."""
    root = _parse(part)
    main = _STRICT_MAIN if root.tag.startswith(_STRICT_MAIN) else _MAIN
    codes = {
        int(node.get("numFmtId", 0)): node.get("formatCode", "")
        for node in root.iterfind(f"{main}numFmts/{main}numFmt")
    }
    ids = [int(node.get("numFmtId", 0)) for node in root.iterfind(f"{main}cellXfs/{main}xf")]
    percents = [i for i, number in enumerate(ids) if _is_percent(number, codes)]
    has_dates = any(_is_date(number, codes) for number in ids)
    if not percents:
        return XlsxStyles(has_dates)
    return XlsxStyles(
        has_dates,
        re.compile(
            rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(?:%s)"(?: t="n")?>'
            rb"(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>[^<]" % b"|".join(b"%d" % i for i in percents)
        ),
    )


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Find the part of each sheet of an xlsx.

    Args:
        archive: the open package.

    Returns:
        Sheet name to path inside the package; without the sheets whose part cannot be found.

    Raises:
        KeyError: the workbook part or its relations are missing.
        etree.XMLSyntaxError: they cannot be parsed.
    """
    targets = _sheet_targets(
        read_member(archive, "xl/workbook.xml"),
        read_member(archive, "xl/_rels/workbook.xml.rels"),
    )
    return {
        name: path
        for name, path in targets
        if "worksheets/" in path and path in archive.NameToInfo
    }


@lru_cache(maxsize=16)
def _sheet_targets(workbook: bytes, relations: bytes) -> tuple[tuple[str, str], ...]:
    """Names of the sheets and the paths of their parts, as the workbook part relates them."""
    root = _parse(workbook)
    target_of = {node.get("Id"): node.get("Target", "") for node in _parse(relations)}
    targets = []
    for node in root.iter(f"{_MAIN}sheet", f"{_STRICT_MAIN}sheet"):
        identity = next((node.get(key) for key in _RELATION_IDS if node.get(key)), None)
        target = target_of.get(identity, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets.append((node.get("name", ""), path))
    return tuple(targets)


def column_number(letters: str) -> int:
    """Number a column, from 0.

    Args:
        letters: such as AB.

    Returns:
        Such as 27.
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def read_xls_formats(content: bytes) -> WorkbookFormats:
    """Read the formats of a BIFF8 workbook.

    Args:
        content: the bytes of an OLE container; also an encrypted xlsx is one.

    Returns:
        Its formats; none if its records cannot be walked.

    Raises:
        UnreadableFileError: FILE-104, if its sectors lead back to themselves.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            refuse_endless_chains(container)
            if container.exists("EncryptedPackage"):
                return WorkbookFormats(is_locked=True)
            if not container.exists("Workbook"):
                return WorkbookFormats()
            stream = container.openstream("Workbook").read()
        return _walk_biff(stream)
    except (OSError, struct.error, IndexError, ValueError):
        return WorkbookFormats()


def _walk_biff(stream: bytes) -> WorkbookFormats:
    """Walk the records of the globals, then of the sheets if a percentage style is in use."""
    codes: dict[int, str] = {}
    styles: list[tuple[int, bool]] = []
    sheets: list[tuple[int, str]] = []
    for kind, at, size in _records(stream, 0):
        if kind == 0x041E:
            number, length, flags = struct.unpack_from("<HHB", stream, at)
            codes[number] = _characters(stream[at + 5 : at + size], length, flags)
        elif kind == 0x002F:
            return WorkbookFormats(is_locked=True)
        elif kind == 0x00E0:
            number, flags = struct.unpack_from("<xxHH", stream, at)
            styles.append((number, bool(flags & 4)))
        elif kind == 0x0085:
            start, length, flags = struct.unpack_from("<I2xBB", stream, at)
            sheets.append((start, _characters(stream[at + 8 : at + size], length, flags)))
    in_cells = [(i, number) for i, (number, is_style) in enumerate(styles) if not is_style]
    percents = frozenset(i for i, number in in_cells if _is_percent(number, codes))
    has_dates = any(_is_date(number, codes) for _, number in in_cells)
    found = {}
    for start, name in sheets if percents else ():
        cells = _percent_records(stream, start, percents)
        if cells.rows:
            found[name] = cells
    return WorkbookFormats(has_dates, percent_cells=found)


def _percent_records(stream: bytes, start: int, percents: frozenset[int]) -> SheetFormats:
    cells = SheetFormats()
    head = struct.Struct("<HHH")
    for kind, at, size in _records(stream, start):
        if kind in (0x0203, 0x027E, 0x0006):
            row, column, style = head.unpack_from(stream, at)
            if style in percents:
                cells.rows.append(row)
                cells.columns.append(column)
        elif kind == 0x00BD:
            row, first = struct.unpack_from("<HH", stream, at)
            for i in range((size - 6) // 6):
                if struct.unpack_from("<H", stream, at + 4 + 6 * i)[0] in percents:
                    cells.rows.append(row)
                    cells.columns.append(first + i)
    return cells


def _records(stream: bytes, at: int):
    """Yield (kind, offset of the data, size) of the records of one substream, until its end."""
    head = struct.Struct("<HH")
    depth = 0
    while at + 4 <= len(stream):
        kind, size = head.unpack_from(stream, at)
        if kind == 0x0809:
            depth += 1
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                return
        yield kind, at + 4, size
        at += 4 + size


def _characters(data: bytes, length: int, flags: int) -> str:
    if flags & 1:
        return data[: 2 * length].decode("utf-16-le", errors="replace")
    return data[:length].decode("latin-1")


def _is_percent(number: int, codes: dict[int, str]) -> bool:
    return number in _BUILT_IN_PERCENTS or is_percent_format(codes.get(number, ""))


def _is_date(number: int, codes: dict[int, str]) -> bool:
    if number in codes:
        return is_date_format(codes[number])
    return number in _BUILT_IN_DATES


def _parse(content: bytes) -> etree._Element:
    return etree.fromstring(content, _PARSER)
