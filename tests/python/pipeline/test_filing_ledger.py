"""Three nights of one county: a filing with a fault, a rejected correction, a sound one.

Due on 31 March; first sent on 5 April with one broken project code among 24 rows, again on 10 April
with twenty of them broken, which refuses the list, and sound on 20 April.
"""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
from test_hand_region import nightly, rows

pytestmark = pytest.mark.pipeline

COUNTY, SILENT, PREFECTURE = "650103", "650102", "650100"
FIRST, SECOND, THIRD = date(2020, 4, 5), date(2020, 4, 10), date(2020, 4, 20)
BROKEN_CODE = "6.5E+17"
UNIT = "101001-沙依巴克区教育局"
HEADINGS = ["预算单位", "项目编码", "项目名称", "年度资金总额", "年度绩效目标"]


def project_code(number: int) -> str:
    return f"{COUNTY}20T{number:012d}"


def write_csv(path: Path, lines: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(lines)


def write_goals(path: Path, broken: int) -> None:
    write_csv(
        path,
        [
            ["2020年项目支出绩效目标表", "", "", "", ""],
            ["单位：万元", "", "", "", ""],
            HEADINGS,
            *(
                [
                    UNIT,
                    BROKEN_CODE if number <= broken else project_code(number),
                    f"第{number}小学校舍维修改造",
                    str(100 + number),
                    f"完成第{number}小学校舍维修改造",
                ]
                for number in range(1, 25)
            ),
        ],
    )


def write_register(path: Path) -> None:
    write_csv(
        path,
        [
            ["预算年度", "预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）"],
            *(
                [
                    "2020", UNIT, project_code(number), f"第{number}小学校舍维修改造",
                    "一般公共预算资金", str(100 + number),
                ]
                for number in range(1, 25)
            ),
        ],
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """The inbox, the installation, and what was chased after each night."""
    base = tmp_path_factory.mktemp("ledger")
    inbox, home = base / "inbox", base / "home"
    folder = inbox / f"{COUNTY}-沙依巴克区" / "2020"
    write_register(folder / "部门预算项目清单.csv")
    chased = {}
    for night, name, broken in (
        (FIRST, "绩效目标.csv", 1),
        (SECOND, "绩效目标（重报）.csv", 20),
        (THIRD, "绩效目标（改正）.csv", 0),
    ):
        write_goals(folder / name, broken)
        done = nightly(inbox, home, night.isoformat())
        assert done.returncode == 0, done.stdout + done.stderr
        with duckdb.connect(
            str(home / "releases/current/jixiao.duckdb"), read_only=True
        ) as con:
            chased[night] = rows(
                con,
                "select chasing_bureau_code, bureau_code, chase_reason, overdue_days"
                " from marts.mart_chase_list where document_kind = 'goal' and fiscal_year = 2020"
                f" and bureau_code in ('{COUNTY}', '{SILENT}') order by bureau_code",
            )
    return inbox, home, chased


@pytest.fixture(scope="module")
def release(nights):
    _, home, _ = nights
    with duckdb.connect(str(home / "releases/current/jixiao.duckdb"), read_only=True) as con:
        yield con


GOALS = f"from marts.mart_filing_history where bureau_code = '{COUNTY}' and document_kind = 'goal'"


def test_every_filing_keeps_its_days(release):
    assert rows(
        release,
        "select received_date, status, received_status, live_from_date, live_to_date, is_late"
        f" {GOALS} order by received_date",
    ) == [
        (FIRST, "superseded", "filed_with_warnings", FIRST, date(2020, 4, 19), True),
        (SECOND, "rejected", "rejected", None, None, True),
        (THIRD, "filed", "filed", THIRD, None, True),
    ]


@pytest.mark.parametrize(
    ("day", "received"),
    [("2020-04-04", []), ("2020-04-12", [FIRST]), ("2020-04-19", [FIRST]), ("2020-04-20", [THIRD])],
)
def test_as_filed_on_a_day_is_one_predicate(release, day, received):
    found = rows(
        release,
        f"select received_date {GOALS} and date '{day}' between live_from_date"
        " and coalesce(live_to_date, date '9999-12-31')",
    )
    assert [row[0] for row in found] == received


def test_the_prefecture_chases_what_is_missing_or_refused(nights):
    _, home, chased = nights
    silent = [(PREFECTURE, SILENT, "missing")]
    assert [row[:3] for row in chased[FIRST]] == silent
    assert [row[:3] for row in chased[SECOND]] == [
        *silent, (PREFECTURE, COUNTY, "replacement_rejected")
    ]
    assert chased[THIRD] == [(*silent[0], 20)]
    folder = home / "releases/current/lists"
    book = openpyxl.load_workbook(folder / "催报清单" / f"{PREFECTURE}-乌鲁木齐市-催报清单.xlsx")
    codes = [row[1].value for row in book.worksheets[0].iter_rows(min_row=4)]
    assert SILENT in codes
    assert COUNTY not in codes
    assert (folder / "催报清单.xlsx").is_file()
    assert (folder / "报送及时性统计表.xlsx").is_file()


def test_the_first_accepted_filing_says_how_late_it_was(release):
    assert rows(
        release,
        "select is_filed, is_late, days_late, is_stale from marts.mart_filing_status"
        f" where bureau_code = '{COUNTY}' and document_kind = 'goal' and fiscal_year = 2020",
    ) == [(True, True, 5, False)]
    assert rows(
        release,
        "select owed_count, on_time_count, late_count, median_days_late from marts.mart_timeliness"
        f" where bureau_code = '{COUNTY}' and document_kind = 'goal' and scope = 'own'",
    ) == [(1, 0, 1, 5)]


def test_the_gate_s_counts_are_kept_night_by_night(release):
    assert rows(
        release,
        "select night_date, row_count, failing_row_count from quality.mart_gate_history"
        " where suite_name = 'goal__projects' and rule_id = 'CELL-003' order by night_date",
    ) == [(FIRST, 24, 1), (SECOND, 24, 20), (THIRD, 24, 0)]


def test_a_corrected_filing_clears_its_findings(release):
    assert rows(
        release,
        "select count(*) from quality.fct_finding where is_current and rule_id = 'CELL-003'",
    ) == [(0,)]
    owed, late, fixed, median_days, score = rows(
        release,
        "select owed_count, late_count, fixed_count, median_days_to_fix, on_time_score"
        f" from marts.mart_bureau_scorecard where work_year = 2020 and bureau_code = '{COUNTY}'",
    )[0]
    assert (owed, late, score) == (2, 2, 0)
    assert fixed > 0
    assert 10 <= median_days <= 15


def test_the_manifest_holds_the_gate_s_decisions(nights):
    _, home, _ = nights
    manifests = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(home.glob("releases/*/manifest.json"))
        if not path.parent.is_symlink()
    ]
    gates = [manifest["gate"] for manifest in manifests]
    assert [gate["rejected"] for gate in gates] == [0, 1, 0]
    assert list(gates[1]["rejected_filings"].values()) == ["CELL-003"]
    assert gates[-1]["states"]["rejected"] == 1
    assert manifests[-1]["audit"]["gate_failed"] == []


def test_a_warehouse_read_anew_gives_the_same_tables(nights, tmp_path):
    inbox, home, _ = nights
    shutil.copytree(home / "landing", tmp_path / "home" / "landing")
    done = nightly(inbox, tmp_path / "home", THIRD.isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    grown, anew = (
        json.loads((at / "releases/current/manifest.json").read_text(encoding="utf-8"))["tables"]
        for at in (home, tmp_path / "home")
    )
    assert {name for name in grown if grown[name] != anew[name]} == set()
