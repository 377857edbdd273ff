"""From the landing to raw tables: counts that add up, one load per receipt, isolation, rebuild."""

from __future__ import annotations

import csv
import os
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingest import parse, raw
from ingest.file_limits import FileLimits
from ingest.landing import read_receipts, receive

CODE = "65010220T{:012d}"
REGISTER = ["预算年度", "预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）"]
MONITORING = [
    "监控阶段",
    "项目编码",
    "项目名称",
    "预算单位",
    "全年预算数(元)",
    "累计执行数(元)",
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "执行情况",
]


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)


def register_row(number: int, year: str = "2020") -> list[str]:
    return [year, "210001-水务局", CODE.format(number), f"项目{number}", "111", f"{number}.50"]


def monitoring_row(number: int, stage: str) -> list[str]:
    project = [stage, CODE.format(number), f"项目{number}", "局", "100", "50"]
    return [*project, "产出指标", "数量指标", "管网", "≥1个", "1个"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    write(
        folder / "650102" / "2020" / "项目清单.csv",
        [
            ["2020年部门预算项目清单"],
            REGISTER,
            register_row(1),
            register_row(2, "2019"),
            ["合计", "", "", "", "", "4"],
            ["注：万元"],
        ],
    )
    write(
        folder / "650102" / "2020" / "监控.csv",
        [
            MONITORING,
            monitoring_row(1, "1-5月"),
            monitoring_row(1, "1-9月"),
            monitoring_row(2, "1-9月"),
        ],
        "gb18030",
    )
    write(folder / "650103" / "2020" / "项目清单.csv", [["项目编码", "项目名称"], ["1", "x"]])
    (folder / "650103" / "2020" / "坏.xlsx").write_bytes(b"PK\x03\x04 truncated")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def warehouse(home: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(home / "warehouse.duckdb"))


def night(inbox: Path, home: Path, as_of: date, workers: int = 0) -> dict[str, int]:
    receive(inbox, home, as_of)
    with warehouse(home) as con:
        return raw.load_pending(con, home, workers=workers)


def dump(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    return {
        table: con.execute(f"select * from {table} order by all").fetchall()
        for (table,) in con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('raw', 'ops') order by 1"
        ).fetchall()
    }


def test_rows_add_up_per_filing(inbox, home):
    night(inbox, home, date(2021, 3, 1))
    with warehouse(home) as con:
        filings = con.execute(
            """
            select
                document_kind, fiscal_year, round_no, month_no, source_row_count,
                loaded_row_count, set_aside_row_count, title_row_count, header_row_count,
                total_row_count, note_row_count, blank_row_count, project_row_count,
                indicator_row_count, state
            from ops.filing order by document_kind, round_no
            """
        ).fetchall()
        assert filings == [
            ("monitoring", 2020, 1, 5, 2, 1, 0, 0, 1, 0, 0, 0, 1, 1, "loaded"),
            ("monitoring", 2020, 2, 9, 2, 2, 0, 0, 0, 0, 0, 0, 2, 2, "loaded"),
            ("project_register", 2020, None, None, 6, 1, 1, 1, 1, 1, 1, 0, 1, 0, "loaded"),
        ]
        assert con.execute(
            "select rule_id, _source_row, row_text from raw.set_aside_rows"
        ).fetchall() == [
            ("ROW-003", 4, "2019 | 210001-水务局 | 65010220T000000000002 | 项目2 | 111 | 2.50")
        ]
        (filing_id,) = con.execute(
            "select filing_id from ops.filing where document_kind = 'project_register'"
        ).fetchall()[0]
        assert filing_id.startswith("650102-project_register-2020-0-")
        row = con.execute("select * from raw.project_register__projects").fetchall()
        columns = [c[0] for c in con.execute("from raw.project_register__projects").description]
        assert columns[:10] == list(raw.PROVENANCE)
        values = dict(zip(columns, row[0], strict=True))
        assert values["_filing_id"] == filing_id
        assert values["_source_file"] == "650102/2020/项目清单.csv"
        assert (values["_source_row"], values["_layout"]) == (3, "list")
        assert str(values["_loaded_at"]) == "2021-03-01 00:00:00"
        assert values["initial_budget"] == "1.50"


def test_refused_files_leave_the_others_and_are_said(inbox, home):
    night(inbox, home, date(2021, 3, 1))
    with warehouse(home) as con:
        receipts = con.execute(
            "select source_file, status, filing_count from ops.receipt order by 1"
        ).fetchall()
        assert receipts == [
            ("650102/2020/监控.csv", "loaded", 2),
            ("650102/2020/项目清单.csv", "loaded", 1),
            ("650103/2020/坏.xlsx", "quarantined", 0),
            ("650103/2020/项目清单.csv", "quarantined", 0),
        ]
        rules = con.execute(
            "select distinct rule_id from ops.finding where bureau_code = '650103' order by 1"
        ).fetchall()
        assert ("HEAD-001",) in rules and len(rules) == 2
        errors = con.execute(
            "select warning_count from ops.filing where document_kind = 'project_register'"
        ).fetchall()
        assert errors == [(1,)]


def test_second_load_finds_nothing_and_a_repeated_batch_is_refused(inbox, home):
    night(inbox, home, date(2021, 3, 1))
    with warehouse(home) as con:
        before = dump(con)
    assert night(inbox, home, date(2021, 3, 2)) == {}
    with warehouse(home) as con:
        assert dump(con) == before
        parsed = parse.parse_receipts(read_receipts(home), home, workers=0)
        with pytest.raises(ValueError, match="loaded already"):
            raw.load(con, parsed)
        assert dump(con) == before


def test_an_empty_warehouse_is_rebuilt_from_the_landing(inbox, home):
    night(inbox, home, date(2021, 3, 1))
    write(
        inbox / "650102" / "2020" / "项目清单2.csv",
        [["2020年部门预算项目清单"], REGISTER, register_row(3)],
    )
    night(inbox, home, date(2021, 3, 2))
    with warehouse(home) as con:
        before = dump(con)
    (home / "warehouse.duckdb").unlink()
    with warehouse(home) as con:
        raw.load_pending(con, home, workers=0)
        assert dump(con) == before
        dates = con.execute("select distinct received_at::date from ops.filing order by 1")
        assert dates.fetchall() == [(date(2021, 3, 1),), (date(2021, 3, 2),)]


def test_processes_give_what_one_process_gives(inbox, home, tmp_path):
    night(inbox, home, date(2021, 3, 1))
    other = tmp_path / "other"
    other.mkdir()
    steps: list[tuple[int, int]] = []
    receive(inbox, other, date(2021, 3, 1))
    with warehouse(other) as con:
        raw.load_pending(con, other, 2, lambda done, total, file: steps.append((done, total)))
        several = dump(con)
    with warehouse(home) as con:
        assert dump(con) == several
    assert steps[-1] == (4, 4)


def test_a_file_that_ends_its_process_hurts_no_other(inbox, home, monkeypatch):
    monkeypatch.setenv("JIXIAO_TEST_CRASH", "坏.xlsx")
    receive(inbox, home, date(2021, 3, 1))
    receipts = read_receipts(home)
    jobs = [parse.Job(r, parse_path(home, r)) for r in receipts]
    folder = home / "work"
    folder.mkdir()
    supervisor = CrashingSupervisor([jobs], folder, 1, lambda *a: None, FileLimits(5))
    results = supervisor.run()
    rows = {r["source_file"]: r for result in results.values() for r in result.receipts}
    assert len(rows) == 4
    assert rows["650103/2020/坏.xlsx"]["rule_id"] == "FILE-208"
    assert rows["650102/2020/监控.csv"]["status"] == "loaded"


def test_a_file_that_takes_too_long_hurts_no_other(inbox, home, monkeypatch):
    monkeypatch.setenv("JIXIAO_TEST_SLEEP", "坏.xlsx")
    receive(inbox, home, date(2021, 3, 1))
    jobs = [parse.Job(r, parse_path(home, r)) for r in read_receipts(home)]
    folder = home / "work"
    folder.mkdir()
    results = CrashingSupervisor([jobs], folder, 1, lambda *a: None, FileLimits(2)).run()
    rows = {r["source_file"]: r for result in results.values() for r in result.receipts}
    assert rows["650103/2020/坏.xlsx"]["rule_id"] == "FILE-209"
    assert rows["650102/2020/项目清单.csv"]["status"] == "loaded"


def parse_path(home: Path, receipt) -> Path:
    return home / "landing" / "blobs" / receipt.file_sha256[:2] / receipt.file_sha256


def _misbehave(chunk, folder, number, started):
    def start(index):
        started(index)
        name = chunk[index].receipt.source_file
        if name.endswith(os.environ.get("JIXIAO_TEST_CRASH", "\0")):
            os._exit(11)
        if name.endswith(os.environ.get("JIXIAO_TEST_SLEEP", "\0")):
            time.sleep(60)

    return parse.parse_chunk(chunk, folder, number, start)


def _serve_badly(connection, folder):
    while (task := connection.recv()) is not None:
        number, chunk = task
        result = _misbehave(chunk, folder, number, lambda i: connection.send(("started", i)))
        connection.send(("done", result))


class CrashingSupervisor(parse.Supervisor):
    """A supervisor whose workers end or sleep at the file that the environment names."""

    serve = staticmethod(_serve_badly)


def test_a_killed_load_leaves_nothing(inbox, home, monkeypatch):
    receive(inbox, home, date(2021, 3, 1))

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(raw, "refresh_finding_counts", fail)
    with warehouse(home) as con:
        with pytest.raises(KeyboardInterrupt):
            raw.load_pending(con, home, workers=0)
        assert all(not rows for rows in dump(con).values())
    monkeypatch.undo()
    with warehouse(home) as con:
        raw.load_pending(con, home, workers=0)
        assert con.execute("select count(*) from ops.receipt").fetchall() == [(4,)]
