"""Faults planted in sound lists and real forms: each found once, at its cell, and nothing else.

`planted_faults.csv` has a row per fault: the file it is planted in, the cells that are changed and
the findings that a sound file does not have (none where the way of writing is no fault). A base
with a slash is a real form, 「区划代码/文件名」.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import planted_sheets as sheets
import pytest

from ingest.findings import load_catalogue
from nightly.check import Checked, Told, check

HERE = Path(__file__).resolve().parent
REAL = Path(os.environ.get("JIXIAO_REAL_FORMS", HERE.parents[3] / "shared" / "real_forms"))
REAL_FORMS = {
    "real_self_evaluation": "652301/自评_074.xlsx",
    "real_self_evaluation_unscored": "653001/自评_064.xlsx",
    "real_goal": "653101/绩效目标_079.xlsx",
}
AS_OF = {"fast": date(2021, 3, 1), "full": date(2021, 6, 1)}


def real_form(base: str) -> Path | None:
    """The real form of a base: 「区划代码/文件名」 or a name of one; None of other bases."""
    name = REAL_FORMS.get(base, base)
    return REAL / name if "/" in name else None


def same_form(row: dict) -> str:
    """What must not come twice from one bureau: the same form, by whatever name."""
    return REAL_FORMS.get(row["base"], row["base"])


def planted(path: str) -> list[dict]:
    with (HERE / "planted_faults.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["path"] == path]
    return [
        row | {
            "edits": json.loads(row["edits"]),
            "findings": [tuple(place.split("@")) for place in row["findings"].split()],
        }
        for row in rows
        if real_form(row["base"]) is None or real_form(row["base"]).exists()
    ]


def sound(rows: list[dict]) -> list[dict]:
    bases = dict.fromkeys(row["base"] for row in rows)
    return [{"base": base, "fault": "", "edits": {}, "findings": []} for base in bases]


def write(row: dict, folder: Path, bureau: str) -> list[Path]:
    """Write the file, or the bureau's files, of one row; a folder of a bureau counts as such."""
    base, edits = row["base"], row["edits"]
    source = real_form(base)
    if source is not None:
        return [sheets.save(sheets.open_form(source), folder / source.name, edits)]
    if base == "bureau":
        return [
            sheets.write_rows(
                rows, folder / name,
                {at.split("!")[1]: v for at, v in edits.items() if at.split("!")[0] == key},
            )
            for key, (name, rows) in sheets.year_of_bureau(bureau).items()
        ]
    name, rows = sheets.LISTS[base]
    return [sheets.write_rows(rows(), folder / name, edits)]


def roster() -> list[str]:
    path = HERE.parents[2] / "seeds" / "reference" / "ref_bureau.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        codes = {
            row["bureau_code"] for row in csv.DictReader(handle)
            if row["jurisdiction"] == "xinjiang"
        }
    return sorted(codes)[1:]


def checked_rows(rows: list[dict], base: Path, path: str) -> tuple[Checked, dict[str, list[Told]]]:
    """Check all rows in one go, each in the folder of a bureau of its own."""
    codes = roster()
    files = []
    seen: Counter = Counter()
    for place, row in enumerate(rows):
        # the same base never twice in a bureau; a bureau's whole year has one of its own
        number = seen[same_form(row)]
        bureau = codes[-1 - number] if row["base"] == "bureau" else codes[number % len(codes)]
        seen[same_form(row)] += 1
        row["folder"] = f"{bureau}-{place}"
        files += write(row, base / row["folder"], bureau)
    checked = check(files, None, AS_OF[path], is_fast=path == "fast")
    found: dict[str, list[Told]] = {}
    for told in checked.findings:
        found.setdefault(told.finding.source_file.split("/")[0], []).append(told)
    return checked, found


KEYS = {name: key for key, (name, _) in sheets.year_of_bureau("650102").items()}


def places(told: list[Told], base: str) -> Counter:
    """Rule and cell of findings; of a bureau's files with the letter of the file before it."""
    counted: Counter = Counter()
    for item in told:
        finding = item.finding
        at = finding.source_cell or (f"row{finding.source_row}" if finding.source_row else "-")
        if base == "bureau":
            at = f"{KEYS[finding.source_file.split('/')[-1]]}!{at}"
        counted[(finding.rule_id, at)] += 1
    return counted


@pytest.fixture(scope="module", params=["fast", pytest.param("full", marks=pytest.mark.pipeline)])
def outcome(request, tmp_path_factory):
    """Everything planted on one path, with what was found; and the sound files beside it."""
    rows = planted(request.param)
    bases = sound(rows)
    folder = tmp_path_factory.mktemp("planted")
    counts = Counter(same_form(row) for row in bases + rows)
    most = max((n for base, n in counts.items() if base != "bureau"), default=0)
    assert request.param == "fast" or most + counts["bureau"] <= len(roster())
    _, found = checked_rows(bases + rows, folder, request.param)
    return rows, bases, found


def test_each_fault_is_found_once_at_its_cell_and_nothing_else(outcome):
    rows, bases, found = outcome
    before = {row["base"]: places(found.get(row["folder"], []), row["base"]) for row in bases}
    wrong = []
    for row in rows:
        new = places(found.get(row["folder"], []), row["base"]) - before[row["base"]]
        if new != Counter(row["findings"]):
            wrong.append((row["base"], row["fault"], sorted(new.elements()), row["findings"]))
    assert not wrong, "\n".join(map(str, wrong))


def test_sound_lists_have_no_findings(outcome):
    _, bases, found = outcome
    for row in bases:
        if row["base"] in sheets.LISTS:
            assert not found.get(row["folder"])


def test_messages_say_where_and_leave_nothing_open(outcome):
    _, _, found = outcome
    for told in (told for items in found.values() for told in items):
        assert "{" not in told.message and "{" not in told.how_to_fix
        assert "（空）" not in told.message.replace("「（空）」", ""), told.message
        assert told.finding.source_cell is None or told.finding.source_cell in told.message or (
            load_catalogue()[told.finding.rule_id].enforced_in == "ingest"
        )


def test_many_kinds_of_fault_are_planted():
    with (HERE / "planted_faults.csv").open(encoding="utf-8", newline="") as handle:
        rules = {
            place.split("@")[0]
            for row in csv.DictReader(handle) for place in row["findings"].split()
        }
    assert len(rules) >= 50
    assert rules <= load_catalogue().keys()
