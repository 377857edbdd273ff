"""The units that the operator copies: systemd takes them, and none leaves the machine open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).resolve().parents[3] / "nightly" / "schedule").glob("*.[st]*er*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
HARDENING = {
    "UMask=0027", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
    "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "SystemCallFilter=@system-service",
}
COMMAND = "/opt/jixiao/.venv/bin/jixiao"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_may_write_nowhere_but_where_it_must(path):
    lines = set(path.read_text("utf-8").splitlines())
    assert lines >= HARDENING
    places = {word for line in lines if line.startswith("ReadWritePaths=")
              for word in line.partition("=")[2].split()}
    wanted = {"/srv/jixiao/var"}
    assert places == (wanted | {"/mnt/backup"} if "backup" in path.name else wanted)


def test_every_service_that_works_by_itself_has_a_timer():
    timed = {path.stem for path in UNITS if path.suffix == ".timer"}
    assert timed == {path.stem for path in SERVICES if "@" not in path.name}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    for path in UNITS:
        text = path.read_text("utf-8").replace(COMMAND, shutil.which("true"))
        (tmp_path / path.name).write_text(text, "utf-8")
    names = [path.name.replace("@.", "@x.") for path in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *[f"./{name}" for name in names]],
        cwd=tmp_path, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
