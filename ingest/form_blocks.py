"""Where forms begin and end on a sheet, and what each row of one is before it is read."""

from __future__ import annotations

from ingest.form_indicators import is_header_row
from ingest.form_labels import FORM_KINDS, FormVocabulary, load_form_vocabulary
from ingest.form_sheet import FormSheet
from ingest.form_texts import identity_labels, inline_label
from ingest.form_titles import money_unit_of, says_overall, year_of
from ingest.headings import plain

_MOST_TITLE_CELLS = 3
_LONGEST_TITLE = 80


def is_list_header(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row is the header of a list: three labels or more and nothing else.

    Args:
        sheet: the sheet.
        row: row, from 0.
        vocabulary: labels of any kind.

    Returns:
        True for a header of a list export.
    """
    filled = sheet.filled[row]
    if len(filled) < 3:
        return False
    return all(
        vocabulary.roles(sheet.cells[row][c]) or vocabulary.indicator_field(sheet.cells[row][c])
        for c in filled
    )


def name_column(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> int | None:
    """Column of a label 「项目名称」 that a value stands beside, None without one."""
    for column in identity_labels(sheet, row, vocabulary):
        roles = vocabulary.roles(sheet.cells[row][column])["identity"]
        if "project_name" in roles:
            following = next((c for c in sheet.filled[row] if c > column), None)
            if following is None:
                return column if column == sheet.filled[row][0] else None
            text = sheet.cells[row][following]
            return None if _is_heading(text, vocabulary) else column
    for column in sheet.filled[row]:
        found = inline_label(sheet.cells[row][column], vocabulary)
        if found and "project_name" in vocabulary.roles(found[0])["identity"]:
            return column
    return None


def _is_heading(text: str | None, vocabulary: FormVocabulary) -> bool:
    roles = vocabulary.roles(text)
    return "identity" in roles or "funds" in roles or bool(vocabulary.indicator_field(text))


def is_title_row(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row between two forms is a title of the next.

    Args:
        sheet: the sheet.
        row: row, from 0.
        vocabulary: labels of any kind.

    Returns:
        True for a short row that names a form, a year or a unit of money.
    """
    filled = sheet.filled[row]
    if not 1 <= len(filled) <= _MOST_TITLE_CELLS:
        return False
    texts = [sheet.cells[row][c] or "" for c in filled]
    if any(len(text) > _LONGEST_TITLE for text in texts):
        return False
    if is_note(texts[0], vocabulary) or is_header_row(sheet, row, vocabulary):
        return False
    words = vocabulary.ordered[("title", "form_words")]
    for text in texts:
        spelled = plain(text)
        if len(filled) == 1 and not vocabulary.roles(text):
            if any(word in spelled for word in words) and not spelled.endswith("。"):
                return True
            if year_of(text) and len(spelled) <= 24:
                return True
        if money_unit_of(text):
            return True
    return False


def is_note(text: str | None, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row that begins with this text is a note or a line to sign."""
    if not text:
        return False
    if "note" in vocabulary.roles(text) and "identity" not in vocabulary.roles(text):
        return True
    head = text[:24]
    if vocabulary.has_prefix(head, "note", "prefix"):
        return True
    label = plain(head).partition(":")[0]
    return label != plain(head) and "note" in vocabulary.roles(label)


def split_forms(sheet: FormSheet, vocabulary: FormVocabulary) -> list[tuple[int, int]]:
    """Cut a sheet into forms.

    A form begins at a label 「项目名称」 after the block of another form has been seen, or at the
    titles above it; one on the whole expenditure of a unit (整体支出) at the titles that say so.
    The rows before the first form belong to it, those after the last one too.

    Args:
        sheet: the sheet.
        vocabulary: labels of any kind.

    Returns:
        First and last row of each form, from 0; together every row of the sheet.
    """
    starts: list[int] = []
    has_body = True
    for row in range(sheet.height):
        if not sheet.filled[row]:
            continue
        if name_column(sheet, row, vocabulary) is not None and not is_header_row(
            sheet, row, vocabulary
        ):
            if has_body or _titles_above(sheet, row, vocabulary) < row:
                starts.append(_titles_above(sheet, row, vocabulary))
            has_body = False
        elif (title := _overall_title_above(sheet, row, vocabulary)) is not None:
            starts.append(title)
            has_body = False
        elif not has_body and is_header_row(sheet, row, vocabulary):
            has_body = True
    if not starts:
        return [(0, sheet.height - 1)] if sheet.height else []
    starts[0] = 0
    starts = sorted(set(starts))
    ends = [start - 1 for start in starts[1:]] + [sheet.height - 1]
    return list(zip(starts, ends, strict=True))


def _overall_title_above(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> int | None:
    """First title row above the name of a unit where the titles say 整体支出, None elsewhere."""
    named = {"unit_name", "department_name"}
    if not any(
        named & set(vocabulary.roles(sheet.cells[row][column])["identity"])
        for column in identity_labels(sheet, row, vocabulary)
    ):
        return None
    first = _titles_above(sheet, row, vocabulary)
    texts = [sheet.cells[r][c] or "" for r in range(first, row) for c in sheet.filled[r]]
    return first if says_overall(texts) else None


def _titles_above(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> int:
    """First of the title rows directly above a row; the row itself without any."""
    first = row
    above = row - 1
    while above >= 0:
        if not sheet.filled[above]:
            above -= 1
            continue
        is_title = is_title_row(sheet, above, vocabulary)
        is_filer = not is_title and _is_filer_row(sheet, above, vocabulary)
        if not is_title and not is_filer:
            break
        first = above
        above -= 1
    return first


def _is_filer_row(sheet: FormSheet, row: int, vocabulary: FormVocabulary) -> bool:
    """Tell whether a row above 「项目名称」 names who files (「填报单位：…」)."""
    text = sheet.cells[row][sheet.filled[row][0]]
    found = inline_label(text, vocabulary)
    label = found[0] if found else text
    roles = vocabulary.roles(label).get("identity", {})
    if not {"unit_name", "department_name", "bureau_name", "fiscal_year"} & set(roles):
        return False
    return found is not None and len(sheet.filled[row]) <= _MOST_TITLE_CELLS


def has_results(sheet: FormSheet, rows: range) -> bool:
    """Tell whether the indicator columns of a form hold both actual values and scores.

    Args:
        sheet: the sheet.
        rows: rows of the form, from 0.

    Returns:
        True where only a self-evaluation has such columns.
    """
    vocabulary = load_form_vocabulary("self_evaluation")
    for row in rows:
        if is_header_row(sheet, row, vocabulary):
            found = (vocabulary.indicator_field(sheet.cells[row][c]) for c in sheet.filled[row])
            return {"actual_value", "score"} <= {field[0] for field in found if field}
    return False


def infer_kind(sheet: FormSheet, rows: range) -> str | None:
    """Kind of a form by the headings of its indicator columns.

    Args:
        sheet: the sheet.
        rows: rows of the form, from 0.

    Returns:
        monitoring where it looks ahead or at likelihood, self_evaluation where it has actual
        values or scores, else goal; None without indicator columns.
    """
    vocabularies = {kind: load_form_vocabulary(kind) for kind in FORM_KINDS}
    for row in rows:
        if not is_header_row(sheet, row, vocabularies["self_evaluation"]):
            continue
        fields: dict[str, set[str]] = {}
        for kind, vocabulary in vocabularies.items():
            texts = [
                sheet.cells[r][c] for r in (row, row + 1) if r in rows for c in sheet.filled[r]
            ]
            found = (vocabulary.indicator_field(text) for text in texts)
            fields[kind] = {field[0] for field in found if field}
        ahead = {
            "expected_value",
            "likelihood",
            "likelihood_certain",
            "likelihood_possible",
            "likelihood_impossible",
        }
        if fields["monitoring"] & ahead:
            return "monitoring"
        if fields["self_evaluation"] & {"actual_value", "score"}:
            return "self_evaluation"
        return "goal"
    return None
