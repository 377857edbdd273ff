"""The draw: repeatable by anyone, once only, and every change is noticed."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightly import draw, draw_ticket
from nightly.errors import StopError
from nightly.formula_text import FORMULA_STARTS, marked, unmarked
from nightly.release import Release
from nightly.settings import Home

FROZEN = date(2021, 3, 1)


def frame_rows(counts: dict[str, int]) -> list[draw.FrameRow]:
    return [
        draw.FrameRow(
            bureau,
            2020,
            f"{bureau}P{n:04d}",
            f"项目{n}",
            "=单位",
            "10000.00",
            n % 7 == 0,
            "连续两次预警" if n % 7 == 0 else "",
        )
        for bureau, count in counts.items()
        for n in range(count)
    ]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(
        draw, "require_current", lambda home: Release("20210301-001-abcdef12", tmp_path, True)
    )
    monkeypatch.setattr(
        draw, "read_frame", lambda *_: frame_rows({"650100": 30, "650102": 31, "650000": 1})
    )
    return Home(tmp_path / "var")


def revealed(home: Home) -> draw.Draw:
    frozen = draw.freeze(home, "self_evaluation", 2020, FROZEN)
    return draw.reveal(home, frozen.draw_id, "0314", "福彩3D第2021060期", date(2021, 3, 2))


def oracle(seed: str, frame: list[tuple[str, int, str]]) -> set[str]:
    """An independent draw: ten per cent of each bureau, rounded up."""
    bureaus: dict[str, list[tuple[str, str]]] = {}
    for bureau, year, project in frame:
        line = "|".join([seed, bureau, str(year), project])
        bureaus.setdefault(bureau, []).append(
            (hashlib.sha256(line.encode("utf-8")).hexdigest(), project)
        )
    chosen = set()
    for entries in bureaus.values():
        entries.sort()
        chosen.update(project for _, project in entries[: (len(entries) + 9) // 10])
    return chosen


def test_list_equals_an_independent_draw(home):
    made = revealed(home)
    certificate = json.loads((made.path / "certificate.json").read_text(encoding="utf-8"))
    drawn = {item["project_code"] for item in certificate["list"]}
    assert drawn == oracle("0314", [row.key for row in made.frame()])


def test_quotas_are_rounded_up_exactly(home):
    made = revealed(home)
    certificate = json.loads((made.path / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["quotas"] == {"650000": 1, "650100": 3, "650102": 4}
    assert draw_ticket.quota_of(0, "0.10") == 0
    assert draw_ticket.quota_of(1000, "0.10") == 100


def test_frame_hash_is_that_of_sorted_lines(home):
    made = revealed(home)
    lines = sorted(f"{row.bureau_code}|2020|{row.project_code}\n" for row in made.frame())
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert made.frame_record()["frame_sha256"] == expected


def test_every_draw_verifies_and_from_the_certificate_alone(home, tmp_path):
    made = revealed(home)
    assert draw.verify(home, made.draw_id) == (made.draw_id, [])
    alone = tmp_path / "alone.json"
    alone.write_bytes((made.path / "certificate.json").read_bytes())
    assert draw.verify(home, str(alone))[1] == []
    outcome = subprocess.run(
        [sys.executable, "-I", made.path / "verify_draw.py", alone], capture_output=True
    )
    assert outcome.returncode == 0


def test_verify_notices_a_changed_frame_line(home):
    made = revealed(home)
    path = made.path / "frame.csv"
    path.chmod(0o644)
    path.write_text(path.read_text("utf-8").replace("650102P0003", "650102P9999"), "utf-8")
    assert any("frame.csv" in problem for problem in draw.verify(home, made.draw_id)[1])
    with pytest.raises(StopError, match="校验值不符"):
        draw.load_draws(duckdb.connect(), home)


@pytest.mark.parametrize("part", ["list", "frame", "quotas", "seed", "first_not_chosen"])
def test_verify_notices_a_changed_certificate(home, tmp_path, part):
    made = revealed(home)
    certificate = json.loads((made.path / "certificate.json").read_text(encoding="utf-8"))
    if part == "seed":
        certificate["seed"] = "0315"
    elif part == "quotas":
        certificate["quotas"]["650100"] = 2
    elif part == "frame":
        certificate["frame"]["650100"].pop()
    else:
        certificate[part].pop()
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(certificate), encoding="utf-8")
    assert draw.verify(home, str(changed))[1]


def test_a_seed_is_revealed_once_and_never_before_the_frame(home):
    with pytest.raises(StopError, match="没有冻结"):
        draw.reveal(home, "goal-2020-01", "1", "x", FROZEN)
    frozen = draw.freeze(home, "goal", 2020, FROZEN)
    with pytest.raises(StopError, match="早于"):
        draw.reveal(home, frozen.draw_id, "1", "x", date(2021, 2, 28))
    draw.reveal(home, frozen.draw_id, "1", "x", FROZEN)
    with pytest.raises(StopError, match="不能再次抽取"):
        draw.reveal(home, frozen.draw_id, "2", "x", FROZEN)


def test_another_draw_of_the_same_frame_needs_a_reason_and_keeps_the_first(home):
    first = revealed(home)
    with pytest.raises(StopError, match="已经抽过"):
        draw.freeze(home, "self_evaluation", 2020, FROZEN)
    second = draw.freeze(home, "self_evaluation", 2020, FROZEN, reason="补充抽取")
    assert [item.draw_id for item in draw.list_draws(home)] == [first.draw_id, second.draw_id]


def test_records_are_append_only(home):
    made = revealed(home)
    with pytest.raises(FileExistsError):
        draw.write_once(made.path / "reveal.json", "{}")
    assert not (made.path / "frame.csv").stat().st_mode & 0o222


def test_only_revealed_draws_reach_the_warehouse(home):
    revealed(home)
    draw.freeze(home, "goal", 2020, FROZEN)
    con = duckdb.connect()
    assert draw.load_draws(con, home) == 1
    found = con.execute(
        "select count(*), count(distinct bureau_code), sum(amount_cny), count_if(is_recommended),"
        " count(recommend_reason) from ops.draw_frame"
    ).fetchall()[0]
    recommended = sum(row.is_recommended for row in frame_rows({"a": 30, "b": 31, "c": 1}))
    assert found == (62, 3, 620000, recommended, recommended)
    assert con.execute("select rate::varchar, seed from ops.draw").fetchall() == [
        ("0.1000", "0314")
    ]


def test_tickets_are_the_same_in_sql(home):
    made = revealed(home)
    con = duckdb.connect()
    draw.load_draws(con, home)
    found = con.execute(
        """
        select project_code
        from ops.draw_frame inner join ops.draw using (draw_id, fiscal_year)
        qualify row_number() over (
            partition by bureau_code
            order by sha256(concat_ws('|', seed, bureau_code, fiscal_year, project_code))
        ) <= ceil(rate * count(*) over (partition by bureau_code))
        """
    ).fetchall()
    certificate = json.loads((made.path / "certificate.json").read_text(encoding="utf-8"))
    assert {code for (code,) in found} == {item["project_code"] for item in certificate["list"]}


def test_names_that_would_be_formulas_or_break_the_file_come_back_as_they_were(home, monkeypatch):
    texts = ["=1", "'=1", "''", "-5", "\tx", "a,\"b\"\n;c", "＝1", "长" * 200_000, ""]
    rows = [
        draw.FrameRow("650100", 2020, text or "P1", text, text, "1.00", False, "") for text in texts
    ]
    monkeypatch.setattr(draw, "read_frame", lambda *_: rows)
    made = revealed(home)
    assert made.frame() == rows
    with (made.path / "frame.csv").open(encoding="utf-8", newline="") as handle:
        cells = [text for row in csv.reader(handle) for text in row]
    assert not [text for text in cells if text.startswith(FORMULA_STARTS)]
    con = duckdb.connect()
    draw.load_draws(con, home)
    found = con.execute("select project_code, project_name from ops.draw_frame").fetchall()
    assert found == [(row.project_code, row.project_name or None) for row in rows]
    assert draw.verify(home, made.draw_id)[1] == []


@given(st.text(alphabet="'=+-@\t＝a"))
def test_marking_a_formula_can_be_undone(text):
    assert unmarked(marked(text)) == text
    assert not marked(text).startswith(FORMULA_STARTS)
