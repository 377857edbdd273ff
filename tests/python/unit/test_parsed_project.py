"""What was parsed is used again for the same code and jurisdiction, and for no other."""

from __future__ import annotations

import pytest

from ingest import jurisdiction
from nightly import parsed_project
from nightly.parsed_project import FOLDER_VARIABLE, keep_parsed, read_parsed
from nightly.settings import Home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE)
    monkeypatch.setenv(jurisdiction.VARIABLE, "xinjiang")
    home = Home(tmp_path)
    home.target.mkdir()
    return home


def packed(marker: str) -> bytes:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder

    manifest = Manifest()
    manifest.metadata.project_name = marker
    return manifest.to_msgpack(extended_mashumaro_encoder)


def test_kept_for_this_code_and_jurisdiction_only(home, monkeypatch):
    assert read_parsed(home) is None
    (home.target / "partial_parse.msgpack").write_bytes(packed("first"))
    keep_parsed(home)
    assert read_parsed(home).metadata.project_name == "first"
    monkeypatch.setenv(jurisdiction.VARIABLE, "zhejiang")
    assert read_parsed(home) is None
    monkeypatch.setenv(jurisdiction.VARIABLE, "xinjiang")
    monkeypatch.setattr(parsed_project, "code_hash", lambda: "other code")
    assert read_parsed(home) is None
    (home.target / "partial_parse.msgpack").write_bytes(packed("second"))
    keep_parsed(home)
    assert [path.name for path in home.target.glob("parsed-*")] == [
        parsed_project._place(home).name
    ], "the older one is gone"


def test_what_cannot_be_read_is_parsed_again(home):
    (home.target / "partial_parse.msgpack").write_bytes(b"torn")
    keep_parsed(home)
    assert read_parsed(home) is None
