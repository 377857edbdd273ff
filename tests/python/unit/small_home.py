"""A small installation: two received files, two releases, a draw, a night's log; no dbt."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from release_sample import make_warehouse

from ingest.landing import receive
from nightly import release
from nightly.fingerprint import Fingerprint
from nightly.release import Release
from nightly.settings import Home

AS_OF = date(2021, 3, 1)
NIGHT_LINES = (
    {"at": "2026-03-01T18:30:05+00:00", "night": "20260301T183000Z", "as_of": "2021-03-01",
     "step": "receive", "status": "ok", "seconds": 4.5, "rows": 2, "rss_mb": 90},
    {"at": "2026-03-01T18:31:00+00:00", "night": "20260301T183000Z", "as_of": "2021-03-01",
     "step": "load", "status": "ok", "seconds": 50.25, "rows": 300, "rss_mb": 700},
    {"at": "2026-03-01T18:31:01+00:00", "night": "20260301T183000Z", "as_of": "2021-03-01",
     "step": "night", "status": "ok", "exit_code": 0, "seconds": 54.75,
     "release_id": "20210301-002-aaaaaaaa"},
)


def send(tmp_path: Path, name: str, text: str) -> Path:
    """Put a file into the inbox."""
    folder = tmp_path / "inbox" / "650102-天山区"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return tmp_path / "inbox"


def add_release(home: Home, text: str, as_of: date = AS_OF) -> Release:
    """Make a release of the warehouse as it stands and put it live."""
    fingerprint = Fingerprint(receipts=text, draws="", code="c", as_of=as_of.isoformat())

    def write_lists(database, folder):
        (folder / "表.xlsx").write_bytes(b"same in every release")

    return release.make_release(home, as_of, fingerprint, [], {"gate": {}}, write_lists)


def copy_home(template: Path, tmp_path: Path) -> Home:
    """Copy an installation and its inbox, links as links."""
    shutil.copytree(template, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Home(tmp_path / "var")


def make_home(tmp_path: Path) -> Home:
    """Make the installation."""
    home = Home(tmp_path / "var")
    home.root.mkdir()
    home.jurisdiction.write_text("xinjiang\n", encoding="utf-8")
    send(tmp_path, "甲.csv", "项目名称\n甲\n")
    receive(send(tmp_path, "乙.csv", "项目名称\n乙\n"), home.root, AS_OF)
    make_warehouse(home.warehouse)
    first = add_release(home, "a")
    add_release(home, "b")
    draw = home.draws / "goal-2020-01"
    draw.mkdir(parents=True)
    (draw / "frame.json").write_text(json.dumps({"release_id": first.release_id}))
    home.logs.mkdir()
    (home.logs / "2021-03-01.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in NIGHT_LINES), encoding="utf-8"
    )
    return home


def flip_byte(path: Path, place: int | None = None) -> None:
    """Change one bit of one byte; the length stays."""
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)
