"""Tests that share an expensive fixture run in one process, so that two cores share the suite."""

from __future__ import annotations

import pytest

ONE_GROUP_FOLDERS = {"gates"}


def pytest_itemcollected(item):
    folder = item.path.parent.name
    group = folder if folder in ONE_GROUP_FOLDERS else item.path.stem
    jurisdiction = getattr(item, "callspec", None) and item.callspec.params.get("released")
    item.add_marker(pytest.mark.xdist_group(f"{group}-{jurisdiction or ''}"))
