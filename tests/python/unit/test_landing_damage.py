"""Received bytes that a disk lost or changed: never read, taken from the inbox, or asked for."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from sheet_files import xlsx
from small_home import flip_byte

from ingest.landing import blob_path, read_receipts, receive
from ingest.landing_damage import damaged_receipts
from nightly import command
from nightly.errors import EXIT_FAILURE, StopError
from nightly.night import Night
from nightly.settings import Home

AS_OF = date(2021, 3, 1)
GOALS = [
    ["预算单位", "项目编码", "项目名称", "年度资金总额", "年度绩效目标"],
    ["210001-天山区水务局", "65010220T000000000001", "饮水工程", "100", "修好"],
]


def others(name: str) -> list[list[str]]:
    return [GOALS[0], ["210001-天山区水务局", "65010220T000000000002", name, "100", "修好"]]


@pytest.fixture
def place(tmp_path):
    """An inbox of a workbook and an archive of two, and an installation beside it."""
    folder = tmp_path / "inbox" / "650102-天山区" / "2020"
    folder.mkdir(parents=True)
    (folder / "2020年绩效目标.xlsx").write_bytes(xlsx(GOALS))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("渠道", "水库"):
            archive.writestr(f"{name}2020年绩效目标.xlsx", xlsx(others(name)))
    (folder / "打包.zip").write_bytes(stream.getvalue())
    return tmp_path


def load(home: Home) -> dict[str, int]:
    with Night(home, AS_OF) as night:
        night.receive(home.root.parent / "inbox")
        return night.load()


def texts(home: Home) -> set[str]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        found = con.execute("select project_name from raw.goal__projects").fetchall()
    return {name for name, in found}


def harm(path: Path, how: str) -> None:
    if how == "gone":
        path.unlink()
    elif how == "short":
        path.chmod(0o640)
        os.truncate(path, 10)
    else:
        flip_byte(path)


@pytest.mark.parametrize(("name", "how"), [
    ("2020年绩效目标.xlsx", "flipped"), ("2020年绩效目标.xlsx", "gone"),
    ("打包.zip!水库2020年绩效目标.xlsx", "flipped"), ("打包.zip!水库2020年绩效目标.xlsx", "short"),
])
def test_what_still_lies_in_the_inbox_is_taken_again(place, name, how):
    home = Home(place / "var")
    rows = load(home)
    before = read_receipts(home.root)
    assert len(before) == 3 and texts(home) == {"饮水工程", "渠道", "水库"}
    lost = next(receipt for receipt in before if receipt.source_file.endswith(name))
    harm(blob_path(home.root, lost.file_sha256), how)
    home.warehouse.unlink()
    assert load(home) == rows
    assert texts(home) == {"饮水工程", "渠道", "水库"}
    assert read_receipts(home.root) == before
    assert damaged_receipts(home.root, before) == []


@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_what_is_nowhere_stops_the_night_and_nothing_is_loaded(place, how):
    home = Home(place / "var")
    load(home)
    lost = read_receipts(home.root)[0]
    harm(blob_path(home.root, lost.file_sha256), how)
    home.warehouse.unlink()
    sent = place / "inbox" / lost.source_file.split("!")[0]
    content = sent.read_bytes()
    sent.unlink()
    with pytest.raises(StopError) as caught:
        load(home)
    assert caught.value.exit_code == EXIT_FAILURE
    assert lost.source_file in caught.value.message and "landing/blobs/" in caught.value.next_step
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        assert con.execute("select count(*) from ops.receipt").fetchall() == [(0,)]
    # the sender puts it there once more, under any name
    sent.with_name("再报.xlsx" if sent.suffix == ".xlsx" else "再报.zip").write_bytes(content)
    load(home)
    assert texts(home) == {"饮水工程", "渠道", "水库"}


def test_bytes_that_are_nobody_s_evidence_are_kept_aside(place):
    home = Home(place / "var")
    load(home)
    lost = read_receipts(home.root)[0]
    flip_byte(blob_path(home.root, lost.file_sha256))
    home.warehouse.unlink()
    load(home)
    aside = home.landing / "damaged" / lost.file_sha256
    assert aside.is_file() and blob_path(home.root, lost.file_sha256).is_file()


def test_a_torn_receipt_is_said_in_a_sentence(place, capsys):
    home = Home(place / "var")
    receive(place / "inbox", home.root, AS_OF)
    path = next((home.landing / "receipts").glob("*.jsonl"))
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-40])
    code = command.main(["load", "--home", str(home.root), "--as-of", "2021-03-01"])
    assert code == EXIT_FAILURE
    said = capsys.readouterr().err
    assert str(path) in said and "已损坏" in said and "下一步：" in said
