"""A short form of the campaign of hostile files, and what the campaign has found."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ingest import landing
from ingest.file_limits import FileLimits
from ingest.form_export import looks_like_form
from ingest.readers import read_grids
from ingest.readers.compound_file import has_cycle
from ingest.readers.grid import UnreadableFileError
from ingest.readers.package import _directory_bytes
from ingest.readers.sniff import Format
from torture.attack_files import READ, attacks, crowded, package
from torture.hostile_files import run_campaign
from torture.hostile_inbox import clear_special_files, write_special_files
from torture.hostile_round import FOLDER, run_round
from torture.mutations import mutate
from torture.report import write_section
from torture.seed_files import SeedFile, load_seeds

SEED = 7
LIMITS = FileLimits(seconds=60)


def test_spoilt_files_harm_nobody():
    campaign = run_campaign(
        150, SEED, LIMITS, scale=0.0005, with_records=False, with_attacks=False
    )
    assert campaign.faults == {}
    assert campaign.files.total() == 150
    assert campaign.read.total() > 10
    assert campaign.refused.total() > 50
    assert campaign.rows > 0
    assert 0 < campaign.most_memory[0] < LIMITS.memory_bytes


def test_known_attacks_are_refused_by_name(tmp_path):
    expected = {}
    inbox = tmp_path / "inbox"
    for attack in attacks():
        if attack.is_heavy:
            continue
        path = inbox / FOLDER / "2020" / attack.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            attack.write(handle)
        expected[f"{FOLDER}/2020/{attack.name}"] = attack.outcomes
    special = write_special_files(inbox, FOLDER)
    try:
        result = run_round(inbox, tmp_path / "home", LIMITS)
    finally:
        clear_special_files(inbox, FOLDER)
    assert result.faults == {}
    met = {file.split("!")[0] for file, _ in result.outcomes}
    assert set(expected) <= met
    wrong = {
        (file, outcome)
        for file, outcome in result.outcomes
        if outcome not in expected.get(file.split("!")[0], (outcome,))
    }
    assert wrong == set()
    assert sum("/特殊/" in file for file in met) == special
    assert max(result.peak_bytes.values()) < LIMITS.memory_bytes
    assert READ not in {outcome for _, outcome in result.outcomes}


def test_the_same_seed_spoils_alike():
    seeds = load_seeds(SEED, scale=0.0005, with_records=False)
    tables = {"恶意单元格"}  # office files hold the time of their making
    for number in range(60):
        kind, _, content = mutate(number, SEED, seeds)
        again = mutate(number, SEED, seeds)
        assert again[0] == kind
        assert kind in tables or again[2] == content


# --- what was found -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        ([], False),
        ([-2], False),
        ([1, 2, -2], False),
        ([0], True),
        ([1, 2, 0], True),
        ([3, -2, 1, 2, -1], False),
        ([2, 2, -2], False),
        ([-2, 3, 1, 2], True),
        ([0xFFFFFFFE, 5], False),
    ],
)
def test_chains_that_never_end(following, expected):
    assert has_cycle(following) is expected


@pytest.mark.parametrize("comment", [b"", b"x", b"x" * 65_535])
def test_the_directory_is_measured_as_the_library_does(comment):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(50):
            archive.writestr(f"{number}.csv", b"1")
        archive.comment = comment
    with zipfile.ZipFile(stream) as archive:
        size = len(stream.getvalue()) - archive.start_dir - 22 - len(archive.comment)
    assert _directory_bytes(stream) == size


def test_the_directory_of_a_large_archive_is_measured():
    directory = b"PK\x01\x02" + b"\0" * 42
    end_64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert _directory_bytes(io.BytesIO(directory + end_64 + locator + end)) == 1 << 40


def test_a_crowded_directory_is_not_made_into_objects(tmp_path, monkeypatch):
    made = Counter()

    class Counted(zipfile.ZipInfo):
        def __init__(self, *arguments, **named):
            made["entries"] += 1
            super().__init__(*arguments, **named)

    monkeypatch.setattr(zipfile, "ZipInfo", Counted)
    path = tmp_path / "blob"
    path.write_bytes(crowded())
    with pytest.raises(UnreadableFileError) as caught:
        read_grids(path, "拥挤.zip")
    assert caught.value.rule_id == "FILE-114"
    assert made["entries"] == 0


def test_folders_deeper_than_the_language_can_follow(tmp_path):
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    place = inbox / FOLDER
    place.mkdir(parents=True)
    (place / "甲.csv").write_bytes(b"1")
    write_special_files(inbox, FOLDER)
    try:
        received = landing.receive(inbox, home, date(2021, 3, 1))
    finally:
        clear_special_files(inbox, FOLDER)
    assert f"{FOLDER}/甲.csv" in {receipt.source_file for receipt in received.receipts}
    (deep,) = [finding for finding in received.findings if finding.rule_id == "FILE-123"]
    assert "64 层" in deep.value_found
    assert not [r for r in received.receipts if not r.source_file.isprintable()]


def test_an_archive_that_changes_while_it_is_read_is_not_received(tmp_path, monkeypatch):
    path = tmp_path / "inbox" / "650102" / "包.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(package({"甲.csv": b"1"}))
    open_members = landing.open_members

    def change(handle, folder):
        yield from open_members(handle, folder)
        path.write_bytes(package({"甲.csv": b"2"}))

    monkeypatch.setattr(landing, "open_members", change)
    received = landing.receive(tmp_path / "inbox", tmp_path / "home", date(2021, 3, 1))
    assert received.receipts == []
    assert [finding.rule_id for finding in received.findings] == ["FILE-123"]


def test_a_member_without_a_name_is_damage(tmp_path):
    path = tmp_path / "inbox" / "650102" / "包.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(package({"": b"1", "甲.csv": b"2"}))
    received = landing.receive(tmp_path / "inbox", tmp_path / "home", date(2021, 3, 1))
    assert [receipt.source_file for receipt in received.receipts] == ["650102/包.zip"]
    with pytest.raises(UnreadableFileError) as caught:
        read_grids(path, "包.zip")
    assert caught.value.rule_id == "FILE-111"


def test_a_fault_of_ours_with_one_archive_does_not_stop_receiving(tmp_path, monkeypatch):
    folder = tmp_path / "inbox" / "650102"
    folder.mkdir(parents=True)
    (folder / "包.zip").write_bytes(package({"甲.csv": b"1"}))
    (folder / "乙.csv").write_bytes(b"2")

    def fail(*_):
        raise IndexError

    monkeypatch.setattr(landing, "open_members", fail)
    received = landing.receive(tmp_path / "inbox", tmp_path / "home", date(2021, 3, 1))
    assert len(received.receipts) == 2


def test_large_members_are_unpacked_on_the_disk_of_the_landing(tmp_path, monkeypatch):
    from ingest.readers import archive

    monkeypatch.setattr(archive, "SMALL_BYTES", 1000)
    content = os.urandom(50_000)
    path = tmp_path / "inbox" / "650102" / "包.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(package({"甲.csv": content, "里.zip": package({"乙.csv": content[::-1]})}))
    received = landing.receive(tmp_path / "inbox", tmp_path / "home", date(2021, 3, 1))
    kept = {
        Path(receipt.source_file).name: landing.blob_path(
            tmp_path / "home", receipt.file_sha256
        ).read_bytes()
        for receipt in received.receipts
    }
    assert kept == {"包.zip!甲.csv": content, "包.zip!里.zip!乙.csv": content[::-1]}


def test_a_form_whose_merged_cells_cannot_be_read_is_refused_as_damaged(tmp_path, monkeypatch):
    from ingest import export_file

    def damaged(path):
        def read(grid):
            raise UnreadableFileError("FILE-104", "工作簿已损坏，或只传来了一部分")

        return read

    monkeypatch.setattr(export_file, "merge_reader", damaged)
    form = next(
        file
        for file in load_seeds(SEED, scale=0.0005, with_records=False)
        if file.kind is Format.XLSX and _is_form(file, tmp_path)
    )
    path = tmp_path / "blob"
    path.write_bytes(form.content)
    reading = export_file.read_file(path, f"{FOLDER}/{form.path}", "650102")
    assert reading.rule_id == "FILE-104"
    assert [finding.rule_id for finding in reading.findings] == ["FILE-104"]


def _is_form(file: SeedFile, folder: Path) -> bool:
    path = folder / "seed"
    path.write_bytes(file.content)
    return any(looks_like_form(grid) for grid in read_grids(path, file.path))


def test_a_section_of_the_report_takes_the_place_of_the_earlier_one(tmp_path):
    report = tmp_path / "报告.md"
    write_section("甲", "## 甲\n一", report)
    write_section("乙", "## 乙\n二", report)
    write_section("甲", "## 甲\n三\\1", report)
    text = report.read_text()
    assert text.count("## 甲") == 1 and "三\\1" in text and "一" not in text.split("## 甲")[1]
    assert text.index("## 甲") < text.index("## 乙")
