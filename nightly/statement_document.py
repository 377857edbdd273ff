"""The statement as a Word document: paragraphs from a template, each number a link to its list."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as PageSection
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from nightly.errors import EXIT_USAGE, StopError
from nightly.statement import (
    NO_VALUE,
    REGISTERED_MARK,
    WHOLE_SPLIT,
    Figure,
    Statement,
    basis_text,
    figure_text,
    split_text,
    value_text,
)
from nightly.xml_text import writable

TEMPLATES = Path(__file__).parent / "statements"
PLACEHOLDER = re.compile(
    r"\{(?P<item>S\d-\d{2})\.(?P<figure>[a-z][a-z0-9_]*)(?::(?P<split>[a-z0-9_]+))?\}"
    r"|\{(?P<word>[a-z_]+)\}"
)
WORDS = ("region", "work_year", "previous_year", "next_year", "as_of")
BODY_FONT, HEADING_FONT, NUMBER_FONT = "仿宋", "黑体", "Times New Roman"
LINK_COLOUR = RGBColor(0x05, 0x63, 0xC1)
ANNEX_TEXT = "附表文字"
CODE_WIDTH, UNIT_WIDTH, NUMBER_WIDTH = Cm(1.5), Cm(1.3), Cm(2.6)


# --- templates ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A part of the document.

    Attributes:
        heading: its heading.
        paragraphs: its text, with placeholders.
    """

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """The text of a statement.

    Attributes:
        statement: name of the statement.
        title: title, with placeholders.
        sections: in order.
        sign_off: lines for the signature, with placeholders.
    """

    statement: str
    title: str
    sections: tuple[Section, ...]
    sign_off: tuple[str, ...]

    def texts(self) -> list[str]:
        """Every text that may hold placeholders."""
        return [
            self.title,
            *(text for part in self.sections for text in (part.heading, *part.paragraphs)),
            *self.sign_off,
        ]

    def references(self) -> set[tuple[str, str, str]]:
        """Item, figure and split of every number the text names."""
        return {
            (found["item"], found["figure"], found["split"] or WHOLE_SPLIT)
            for text in self.texts()
            for found in PLACEHOLDER.finditer(text)
            if found["item"]
        }


@dataclass(frozen=True)
class Piece:
    """A stretch of text of one kind.

    Attributes:
        text: what is written.
        target: file a click opens, '' for none.
        missing: reference of a number without a value, '' for none.
    """

    text: str
    target: str = ""
    missing: str = ""


def make_template(content: dict[str, Any]) -> Template:
    """Make a template from the content of its file.

    Args:
        content: the parsed yml.

    Returns:
        The template.

    Raises:
        ValueError: a text has a brace that is no placeholder, or an unknown word.
    """
    template = Template(
        statement=content["statement"],
        title=content["title"],
        sections=tuple(
            # lines of the file are joined without a space, as Chinese is written
            Section(part["heading"], tuple("".join(t.splitlines()) for t in part["paragraphs"]))
            for part in content["sections"]
        ),
        sign_off=tuple(content.get("sign_off", ())),
    )
    for text in template.texts():
        for found in PLACEHOLDER.finditer(text):
            if found["word"] and found["word"] not in WORDS:
                raise ValueError(f"{template.statement}：不认识的占位符 {found[0]}")
        if set(PLACEHOLDER.sub("", text)) & set("{}"):
            raise ValueError(f"{template.statement}：花括号不成占位符：{text}")
    return template


@cache
def load_template(statement: str, folder: Path = TEMPLATES) -> Template:
    """Read the template of a statement.

    Args:
        statement: its name.
        folder: where templates are.

    Returns:
        The template.

    Raises:
        StopError: there is none.
    """
    path = folder / f"{statement}.yml"
    if not path.is_file():
        raise StopError(
            f"{statement} 没有文字模板（{path.name}）。",
            "用 --format xlsx 只写数字表和清单。",
            EXIT_USAGE,
        )
    text = path.read_text(encoding="utf-8")
    return make_template(yaml.safe_load(text))


def fill(text: str, statement: Statement, list_names: dict[Figure, str]) -> list[Piece]:
    """Fill the placeholders of a text.

    Args:
        text: of a template.
        statement: the figures.
        list_names: list file by number.

    Returns:
        Stretches of text: words, and numbers with unit that open their list.
    """
    words = {
        "region": statement.region_zh,
        "work_year": str(statement.work_year),
        "previous_year": str(statement.work_year - 1),
        "next_year": str(statement.work_year + 1),
        "as_of": f"{statement.as_of.year}年{statement.as_of.month}月{statement.as_of.day}日",
    }
    pieces: list[Piece] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        pieces.append(Piece(text[end : found.start()]))
        end = found.end()
        if found["word"]:
            pieces.append(Piece(words[found["word"]]))
            continue
        figure = statement.find(found["item"], found["figure"], found["split"] or WHOLE_SPLIT)
        if figure is None or not figure.has_value:
            pieces.append(Piece(NO_VALUE, missing=found[0][1:-1]))
            continue
        mark = REGISTERED_MARK if figure.basis == "registered" else ""
        number = figure_text(figure).removesuffix(mark)
        pieces += [Piece(number, list_names.get(figure, "")), Piece(mark)]
    pieces.append(Piece(text[end:]))
    return [piece for piece in pieces if piece.text]


def missing_lines(references: Sequence[str], statement: Statement) -> list[str]:
    """Say which numbers of the text could not be had, and why where that is known.

    Args:
        references: as the template names them.
        statement: the figures.

    Returns:
        One line per number, in order, once.
    """
    by_reference = {figure.reference: figure for figure in statement.figures}
    lines = []
    for reference in dict.fromkeys(references):
        figure = by_reference.get(reference.removesuffix(f":{WHOLE_SPLIT}"))
        if figure is None:
            lines.append(f"{reference}：本年度没有这个数字。")
        else:
            split = split_text(figure.split, statement.tiers_zh)
            if figure.basis == "not_computable":
                why = figure.note_zh or "没有可以计算的报送内容"
            elif figure.basis == "registered":
                why = "没有登记"
            else:
                why = "没有报送所需的内容，或作分母的数为零"
            lines.append(f"{reference}　{figure.label_zh}（{split}）：{why.rstrip('。')}。")
    return lines


# --- Word ---------------------------------------------------------------------------------------


def write_document(
    statement: Statement, template: Template, path: Path, list_names: dict[Figure, str]
) -> list[str]:
    """Write the statement as an editable document.

    Args:
        statement: the figures.
        template: its text.
        path: the document, in the folder that holds `lists/`.
        list_names: list file by number, as a path from that folder.

    Returns:
        References of the numbers that had no value.
    """
    document = Document()
    _set_page(document)
    _set_properties(document, statement, _plain(fill(template.title, statement, list_names)))
    missing: list[str] = []

    def write(text: str, style: str) -> None:
        pieces = fill(text, statement, list_names)
        missing.extend(piece.missing for piece in pieces if piece.missing)
        _write_pieces(document.add_paragraph(style=style), pieces)

    write(template.title, "Title")
    for section in template.sections:
        write(section.heading, "Heading 1")
        for text in section.paragraphs:
            write(text, "Normal")
    for line in template.sign_off:
        write(line, "Normal")
        _unindent(document.paragraphs[-1], WD_ALIGN_PARAGRAPH.RIGHT)
    _write_annex(document, statement, list_names)
    document.add_paragraph("未能取得的数字", style="Heading 1")
    for line in missing_lines(missing, statement) or ["正文中的数字均已取得。"]:
        document.add_paragraph(line, style="Normal")
    _save(document, path, statement)
    return list(dict.fromkeys(missing))


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _write_annex(
    document: DocumentObject, statement: Statement, list_names: dict[Figure, str]
) -> None:
    splits = list(dict.fromkeys(figure.split for figure in statement.figures))
    page = document.add_section(WD_SECTION.NEW_PAGE)
    if len(splits) > 1:
        _turn(page, WD_ORIENT.LANDSCAPE)
    document.add_paragraph("附表：全部数字及其来源", style="Heading 1")
    document.add_paragraph(
        f"取自发布 {statement.release_id}，截至 {statement.as_of.isoformat()}。"
        "点击数值打开其背后的清单；「登记」为由人登记的数，非计算；"
        "清单中标为涉密的项目不得公开。",
        style="Normal",
    )
    table = document.add_table(rows=1, cols=4 + len(splits), style="Table Grid")
    table.autofit = False
    names = (split_text(split, statement.tiers_zh) for split in splits)
    headings = ("条目", "内容", *names, "单位", "依据")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        _write_cell(cell, Piece(heading), WD_ALIGN_PARAGRAPH.CENTER, is_bold=True)
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    for line in annex_lines(statement, splits, list_names):
        # the cells of a row are looked up once: each look-up walks the whole row
        cells = table.add_row().cells
        for place, (cell, piece) in enumerate(zip(cells, line, strict=True)):
            is_number = 2 <= place < 2 + len(splits)
            side = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
            _write_cell(cell, piece, side)
    room = page.page_width - page.left_margin - page.right_margin
    label_width = room - CODE_WIDTH - 2 * UNIT_WIDTH - len(splits) * NUMBER_WIDTH
    widths = (CODE_WIDTH, label_width, *(NUMBER_WIDTH for _ in splits), UNIT_WIDTH, UNIT_WIDTH)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    if len(splits) > 1:
        _turn(document.add_section(WD_SECTION.NEW_PAGE), WD_ORIENT.PORTRAIT)


def _turn(page: PageSection, orientation: WD_ORIENT) -> None:
    page.orientation = orientation
    page.page_width, page.page_height = page.page_height, page.page_width


def annex_lines(
    statement: Statement, splits: Sequence[str], list_names: dict[Figure, str]
) -> list[list[Piece]]:
    """Lines of the annex: one per number of an item, its splits side by side.

    Args:
        statement: the figures.
        splits: columns of numbers.
        list_names: list file by number.

    Returns:
        Item, label, a number per split, unit, basis; '' where a number has no such split.
    """
    groups: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in statement.figures:
        groups.setdefault((figure.item_code, figure.figure), {})[figure.split] = figure
    lines = []
    for by_split in groups.values():
        first = next(iter(by_split.values()))
        numbers = [
            Piece(value_text(by_split[split]), list_names.get(by_split[split], ""))
            if split in by_split
            else Piece("")
            for split in splits
        ]
        lines.append(
            [
                Piece(first.item_code), Piece(first.label_zh), *numbers,
                Piece(first.unit_zh), Piece(basis_text(first)),
            ]
        )
    return lines


def _write_cell(
    cell: _Cell, piece: Piece, side: WD_ALIGN_PARAGRAPH, is_bold: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = ANNEX_TEXT
    paragraph.alignment = side
    _write_pieces(paragraph, [piece], is_bold=is_bold)


def _unindent(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = side
    paragraph.paragraph_format.first_line_indent = Pt(0)


def _write_pieces(
    paragraph: Paragraph, pieces: Sequence[Piece], is_bold: bool = False
) -> None:
    for piece in pieces:
        run = paragraph.add_run(writable(piece.text))
        run.bold = is_bold or None
        if piece.target:
            run.font.color.rgb = LINK_COLOUR
            run.font.underline = True
            relation = paragraph.part.relate_to(
                piece.target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), relation)
            run._r.addprevious(link)
            link.append(run._r)


def _set_page(document: DocumentObject) -> None:
    """A4 and the margins, fonts and line spacing of official Chinese documents."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin = Cm(3.7), Cm(3.5)
    page.left_margin, page.right_margin = Cm(2.8), Cm(2.6)
    for name, font, size in (
        ("Normal", BODY_FONT, Pt(16)),
        ("Title", HEADING_FONT, Pt(22)),
        ("Heading 1", HEADING_FONT, Pt(16)),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = NUMBER_FONT, size
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            # a theme font would win over the named one
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
        layout = style.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing = Pt(28)
    document.styles["Normal"].paragraph_format.first_line_indent = Pt(32)
    document.styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    document.styles["Heading 1"].paragraph_format.first_line_indent = Pt(32)
    annex = document.styles.add_style(ANNEX_TEXT, WD_STYLE_TYPE.PARAGRAPH)
    annex.base_style = document.styles["Normal"]
    annex.font.size = Pt(9)
    annex.paragraph_format.first_line_indent = Pt(0)
    annex.paragraph_format.line_spacing = 1.0
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.first_line_indent = Pt(0)
    title.paragraph_format.line_spacing = Pt(34)
    title.paragraph_format.space_after = Pt(28)
    edge = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if edge is not None:
        title.element.pPr.remove(edge)
    _write_page_number(page.footer.paragraphs[0])


def _write_page_number(paragraph: Paragraph) -> None:
    _unindent(paragraph, WD_ALIGN_PARAGRAPH.CENTER)
    run = paragraph.add_run()
    run.font.size = Pt(12)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)


def _set_properties(document: DocumentObject, statement: Statement, title: str) -> None:
    moment = datetime(statement.as_of.year, statement.as_of.month, statement.as_of.day)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "jixiao"
    properties.title = title
    properties.subject = statement.statement
    properties.comments = f"发布 {statement.release_id}"
    properties.created = properties.modified = moment
    properties.revision = 1
    properties.language = "zh-CN"


def _save(document: DocumentObject, path: Path, statement: Statement) -> None:
    """Write the file with the release's date on every part: equal content has equal bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    moment = (statement.as_of.year, statement.as_of.month, statement.as_of.day, 0, 0, 0)
    draft = path.with_name(f".tmp-{path.name}")
    with zipfile.ZipFile(buffer) as parts, zipfile.ZipFile(draft, "w") as target:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, parts.read(name))
    draft.replace(path)
