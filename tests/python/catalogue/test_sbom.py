"""What is installed is locked with hashes, listed with its licence, and none of it is forbidden."""

from __future__ import annotations

import json
import re
from email.message import Message

import pytest

from nightly.sbom import (
    LIST,
    LOCK,
    ROOT,
    SBOM,
    UNKNOWN,
    concern,
    licence_in,
    make_sbom,
    read_lock,
    render,
)

LOCKED = read_lock(LOCK.read_text(encoding="utf-8"))
NAMES_IN_LOCK = re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;]+)", LOCK.read_text(encoding="utf-8"))


def test_both_files_fit_the_lock_file():
    for path, text in render().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make sbom"


def test_every_locked_package_is_in_the_sbom_with_its_hashes():
    document = json.loads(SBOM.read_text(encoding="utf-8"))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    listed = {(part["name"], part["version"]): part for part in document["components"]}
    assert {(re.sub(r"[._]", "-", name), version) for name, version in NAMES_IN_LOCK} == set(listed)
    assert len(NAMES_IN_LOCK) > 100
    for part in listed.values():
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        allowed = [
            item["value"] for item in part["properties"] if item["name"].endswith("allowed")
        ]
        assert allowed and all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in allowed)
    assert len({part["bom-ref"] for part in document["components"]}) == len(listed)


@pytest.mark.parametrize("name", sorted(path.relative_to(ROOT).as_posix() for path in [
    *ROOT.glob("*.lock"), *ROOT.glob("compatibility/*.lock"), *ROOT.glob("dashboards/**/*.lock"),
]))
def test_every_lock_file_has_a_hash_for_every_package_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = read_lock(text)
    assert packages and all(package.hashes for package in packages)
    assert "://" not in text and "--index" not in text and " @ " not in text


def test_no_licence_is_unknown_or_forbidden():
    rows = [
        line.split("|") for line in LIST.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and "---" not in line
    ][1:]
    assert len(rows) == len(LOCKED)
    for row in rows:
        name, licence = row[1].strip(), row[3].strip()
        assert licence != UNKNOWN and concern(licence) not in ("许可不明", "禁止使用"), name
        assert "GPL" not in concern(licence), name


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("MIT", ""),
        ("Apache-2.0 OR GPL-3.0-only", ""),
        ("GPL-3.0-only", "强著作权许可"),
        ("GNU General Public License v2 (GPLv2)", "强著作权许可"),
        ("MIT AND GPL-2.0-only", "强著作权许可"),
        ("AGPL-3.0-only", "禁止使用"),
        ("GNU Affero General Public License v3", "禁止使用"),
        ("SSPL-1.0", "禁止使用"),
        ("LGPL-2.1-or-later", "弱著作权许可"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "弱著作权许可"),
        ("MPL-2.0 AND MIT", "弱著作权许可"),
        (UNKNOWN, "许可不明"),
    ],
)
def test_what_a_licence_asks_for(licence, said):
    assert concern(licence).startswith(said) and bool(concern(licence)) is bool(said)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "x")], "MIT"),
        ([("Classifier", "License :: OSI Approved"),
          ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: MIT License"),
          ("Classifier", "License :: OSI Approved :: Apache Software License")],
         "MIT AND Apache-2.0"),
        ([("License", "BSD\nlong text")], "BSD-3-Clause"),
        ([("License", "Permission is hereby granted to whoever has this in his hands " * 3)],
         UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_the_licence_a_package_states(fields, licence):
    facts = Message()
    for name, value in fields:
        facts.add_header(name, value)
    assert licence_in(facts) == licence


def test_the_same_lock_gives_the_same_document():
    licences = {package.name: "MIT" for package in LOCKED}
    assert make_sbom(LOCKED, licences) == make_sbom(list(LOCKED), dict(licences))
