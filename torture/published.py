"""What a night published, opened as its readers open it, in search of what was sent to harm."""

from __future__ import annotations

import csv
import re
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from openpyxl.cell.cell import Cell

from nightly.formula_text import FORMULA_STARTS
from torture.browser import Browser

SHOWN = 30
LINKS = (
    "[...document.querySelectorAll('a[href],iframe,object,embed,form[action]')]"
    ".map(x => x.href || x.src || x.action || '')"
    ".filter(x => !/^file:|^$|^about:blank/.test(x)).join(' ')"
)
A_SCRIPT_MAY_TAKE = 0.3


def open_workbooks(paths: Iterable[Path]) -> list[str]:
    """Open workbooks; no cell may be a formula, or become one when it is edited.

    Args:
        paths: workbooks.

    Returns:
        What must not be, a sentence each.
    """
    found = []
    for path in paths:
        for page in openpyxl.load_workbook(path).worksheets:
            found += [
                f"{path.name} {page.title}!{cell.coordinate} {wrong}"
                for row in page.iter_rows()
                for cell in row
                if (wrong := _wrong_with(cell))
            ]
    return found


def _wrong_with(cell: Cell) -> str:
    if cell.data_type == "f":
        return "是公式"
    text = cell.value if isinstance(cell.value, str) else ""
    if text.startswith(FORMULA_STARTS) and not cell.quotePrefix:
        return f"会变成公式：{text[:SHOWN]!r}"
    if cell.hyperlink and re.match(r"[A-Za-z]+:|//|\\\\", cell.hyperlink.target or ""):
        return f"有外部链接：{cell.hyperlink.target[:SHOWN]}"
    return ""


def open_texts(paths: Iterable[Path]) -> list[str]:
    """Read csv files; no value may start a formula.

    Args:
        paths: csv files.

    Returns:
        What must not be, a sentence each.
    """
    csv.field_size_limit(2**30)
    found = []
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            found += [
                f"{path.name} 第 {number} 行会变成公式：{text[:SHOWN]!r}"
                for number, row in enumerate(csv.reader(handle), 1)
                for text in row
                if text.startswith(FORMULA_STARTS) and not _is_number(text)
            ]
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def open_documents(paths: Iterable[Path]) -> list[str]:
    """Parse every part of Word documents.

    Args:
        paths: docx files.

    Returns:
        What must not be, a sentence each.
    """
    found = []
    for path in paths:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.endswith((".xml", ".rels")):
                    try:
                        ElementTree.fromstring(package.read(name))
                    except ElementTree.ParseError as error:
                        found.append(f"{path.name} 的 {name} 读不出：{error}")
    return found


def open_pages(paths: Iterable[Path]) -> list[str]:
    """Open pages in a browser; nothing that was sent may run, load or link.

    Args:
        paths: HTML files.

    Returns:
        What must not be, a sentence each.
    """
    found = []
    taken = list(paths)
    if not taken:
        return found
    with tempfile.TemporaryDirectory(prefix="browser-") as profile, Browser(Path(profile)) as page:
        for path in taken:
            page.open(path.as_uri(), 1280, drawn="document.readyState === 'complete'")
            time.sleep(A_SCRIPT_MAY_TAKE)
            if hit := page.ask("window.hit || ''"):
                found.append(f"{path.name} 运行了送来的内容：{hit}")
            if links := page.ask(LINKS):
                found.append(f"{path.name} 有外部链接：{links[:200]}")
            loads = [
                url for url in page.requests()
                if not url.startswith(("file:", "data:", "about:"))
            ]
            if loads:
                found.append(f"{path.name} 要求外部内容：{loads[:3]}")
    return found


def pages_of(folder: Path, most: int) -> Iterator[Path]:
    """Pages worth opening: every one that is not of a bureau, and the largest of those.

    Args:
        folder: a release or its reports.
        most: pages of bureaus.

    Yields:
        HTML files.
    """
    pages = sorted(folder.rglob("*.html"))
    bureaus = [path for path in pages if path.name.startswith("bureau-")]
    yield from (path for path in pages if path not in bureaus)
    yield from sorted(bureaus, key=lambda path: -path.stat().st_size)[:most]
