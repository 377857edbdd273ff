"""The parsed dbt project, kept until code or jurisdiction change.

dbt parses the whole project anew whenever a variable given on the command line differs, and the
date of the night differs every night: half a minute for the same result. Nothing that is parsed
depends on the date, so what one night parsed serves the next.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
from pathlib import Path
from typing import Any

from ingest import jurisdiction
from nightly.fingerprint import code_hash
from nightly.settings import CODE_ROOT, Home

logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "JIXIAO_PARSE_CACHE"
"""Where it is kept, else in the installation's `target/`: lets installations share one."""


def read_parsed(home: Home) -> Any:
    """Read what an earlier night parsed.

    Args:
        home: the installation.

    Returns:
        dbt's manifest, None where nothing fits the code as it stands.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    path = _place(home)
    try:
        packed = path.read_bytes()
    except OSError:
        return None
    gc.disable()
    try:
        return Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    except Exception as error:
        logger.warning("the parsed project %s cannot be used, parsing again: %s", path, error)
        return None
    finally:
        gc.enable()


def keep_parsed(home: Home) -> None:
    """Keep what dbt has just parsed into the installation's `target/`.

    Args:
        home: the installation.
    """
    path = _place(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent == home.target:
        for older in path.parent.glob("parsed-*.msgpack"):
            older.unlink(missing_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    aside.write_bytes((home.target / "partial_parse.msgpack").read_bytes())
    os.replace(aside, path)


def _place(home: Home) -> Path:
    # dbt writes where the project is into what it parses
    facts = "|".join((code_hash(), str(CODE_ROOT), jurisdiction.current()))
    key = hashlib.sha256(facts.encode()).hexdigest()[:16]
    return Path(os.environ.get(FOLDER_VARIABLE) or home.target) / f"parsed-{key}.msgpack"
