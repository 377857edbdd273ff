"""A held release that is accepted says so on its pages, and the manifest knows the new files."""

from __future__ import annotations

import json
from datetime import date

from release_file import make_database, make_masthead

from dashboards.dashboard import PAGES_OF_NOTES, write_dashboard
from nightly import held
from nightly.changes import first_changes
from nightly.release import DATABASE_NAME, file_facts, seal, switch
from nightly.release_notes import read_notes, write_notes
from nightly.settings import Home

LIVE, CANDIDATE = "20210228-001-00000000", "20210301-001-abcdef01"
MOVE = {"kind": "coverage_rate", "subject": "全区", "before": 0.7, "after": 0.9, "limit": 0.1,
        "text_zh": "全区覆盖率由 70.00% 变为 90.00%"}


def make_home(root):
    """An installation with a live release and a candidate held against it."""
    home = Home(root)
    live = home.releases / LIVE
    live.mkdir(parents=True)
    (live / "manifest.json").write_text(
        json.dumps({"as_of": "2021-02-28", "fingerprint": "0", "files": {}}), encoding="utf-8"
    )
    switch(home, LIVE)
    folder = home.held / CANDIDATE
    folder.mkdir(parents=True)
    make_database(folder / DATABASE_NAME)
    changes = {
        **first_changes(CANDIDATE, date(2021, 3, 1), {}), "is_first": False, "moves": [MOVE],
        "base": {"release_id": LIVE, "as_of": "2021-02-28"},
        "causes": {"has_code_changed": False, "new_input_count": 1, "gone_input_count": 0},
    }
    write_notes(folder, changes)
    write_dashboard(folder / DATABASE_NAME, folder / "dashboard", make_masthead(), changes)
    manifest = {
        "release_id": CANDIDATE, "as_of": "2021-03-01", "fingerprint": "1", "acceptance": None,
        "gate": {"states": make_masthead().gate_states},
        "files": {
            path.relative_to(folder).as_posix(): file_facts(path)
            for path in sorted(folder.rglob("*")) if path.is_file()
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal(folder)
    return home


def test_accepting_rewrites_the_pages_of_notes_and_no_other(tmp_path):
    home = make_home(tmp_path)
    before = json.loads((home.held / CANDIDATE / "manifest.json").read_text("utf-8"))["files"]
    made = held.accept(home, date(2021, 3, 2), "县区集中补报")
    assert (made.release_id, made.is_current) == (CANDIDATE, True)
    after = made.manifest()["files"]
    assert {name for name in after if after[name] != before[name]} == {
        "发布说明.txt", "changes.json", *(f"dashboard/{name}" for name in PAGES_OF_NOTES),
    }
    assert {name: file_facts(made.path / name) for name in after} == after
    assert read_notes(made.path)["acceptance"]["reason"] == "县区集中补报"
    for name in PAGES_OF_NOTES:
        path = made.path / "dashboard" / name
        text = path.read_text("utf-8")
        assert "已于 2021-03-02 确认发布，理由：县区集中补报" in text
        assert "暂缓发布：" not in text
        assert "已报 2 份" in text  # the masthead is the same
        assert path.stat().st_mode & 0o222 == 0
