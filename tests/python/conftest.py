"""What all tests share: the parsed dbt project, which takes half a minute to make."""

from __future__ import annotations

import os

import pytest

from nightly.parsed_project import FOLDER_VARIABLE

LONGEST_FIRST = ("test_statements.py", "pipeline/")


@pytest.fixture(scope="session", autouse=True)
def _one_parsed_project(tmp_path_factory, worker_id):
    """Let every installation of the run, in whichever process, use what the first one parsed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "parsed"
    folder.mkdir(exist_ok=True)
    os.environ[FOLDER_VARIABLE] = str(folder)
    yield
    del os.environ[FOLDER_VARIABLE]


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no process is left with it at the end."""
    items.sort(
        key=lambda item: next(
            (
                place
                for place, part in enumerate(LONGEST_FIRST)
                if part in item.path.as_posix()
            ),
            len(LONGEST_FIRST),
        )
    )
