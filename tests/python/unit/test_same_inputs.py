"""The same files and date give the same tables, wherever and in whatever order they lie.

Receiving and reading only, in processes of their own; `make determinism` runs whole nights.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from torture.determinism import compare, copy_shuffled

ROOT = Path(__file__).resolve().parents[3]
READ = """
import json, sys
from datetime import date
from pathlib import Path

import duckdb

from ingest import raw
from ingest.landing import receive
from nightly.tables import list_tables, state_of

inbox, home, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
home.mkdir()
receive(inbox, home, date(2021, 3, 1))
with duckdb.connect(str(home / "warehouse.duckdb")) as con:
    raw.load_pending(con, home, workers=workers)
    states = [state_of(con, *names) for names in list_tables(con, ("raw", "ops"))]
print(json.dumps({state.name: f"{state.row_count}:{state.table_hash}" for state in states}))
"""
HEADINGS = [
    "预算年度", "预算单位", "项目编码", "项目名称", "资金性质", "年初预算数（万元）", "更新时间",
]
HOUSE = {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
ABROAD = {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "4242"}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("same") / "inbox"
    for bureau in ("650100-乌鲁木齐市", "650102-天山区", "652301"):
        for part in ("项目清单", "项目清单（2）", "项目清单（10）"):
            path = folder / bureau / "2020" / f"{part}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            first = int(hashlib.sha256(f"{bureau}{part}".encode()).hexdigest()[:6], 16)
            with path.open("w", encoding="gb18030", newline="") as handle:
                writer = csv.writer(handle)
                writer.writerow(HEADINGS)
                writer.writerows(
                    ["2020", "210001-水务局", f"{bureau[:6]}20T{first + n:012d}", f"项目{n}",
                     "111", f"{n}.50", f"2020-03-{n + 1:02d} 23:59:59"]
                    for n in range(20)
                )
    (folder / "650102-天山区" / "坏.xlsx").write_bytes(b"PK\x03\x04 truncated")
    return folder


def read(inbox: Path, home: Path, around: dict[str, str], workers: int = 0) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(inbox), str(home), str(workers)],
        env={**os.environ, **around, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def expected(inbox, tmp_path_factory):
    return read(inbox, tmp_path_factory.mktemp("house") / "home", HOUSE)


def test_something_was_read(expected):
    assert expected["raw.project_register__projects"].startswith("180:")


def test_time_zone_locale_and_hash_seed_do_not_matter(inbox, expected, tmp_path):
    assert compare(expected, read(inbox, tmp_path / "home", ABROAD)) == []


def test_processes_do_not_matter(inbox, expected, tmp_path):
    assert compare(expected, read(inbox, tmp_path / "home", HOUSE, workers=2)) == []


def test_order_and_times_of_files_do_not_matter(inbox, expected, tmp_path):
    copy_shuffled(inbox, tmp_path / "inbox", 7)
    assert compare(expected, read(tmp_path / "inbox", tmp_path / "home", HOUSE)) == []


def test_another_cell_is_seen(inbox, expected, tmp_path):
    copy_shuffled(inbox, tmp_path / "inbox", 7)
    path = next((tmp_path / "inbox").rglob("项目清单.csv"))
    text = path.read_text(encoding="gb18030")
    path.write_text(text.replace("19.50", "19.51"), encoding="gb18030", newline="")
    assert "raw.project_register__projects" in compare(
        expected, read(tmp_path / "inbox", tmp_path / "home", HOUSE)
    )


def test_compare_names_what_differs():
    assert compare({"a": "1", "b": "1"}, {"a": "1", "b": "2", "c": "1"}) == ["b", "c"]
