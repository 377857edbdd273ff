"""Chinese labels of codes, from `ref_label`, `ref_document_kind` and `ref_tier` of the seeds."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ingest import jurisdiction
from nightly.settings import CODE_ROOT

LABEL_PATH = CODE_ROOT / "seeds" / "reference" / "ref_label.csv"
KIND_PATH = LABEL_PATH.with_name("ref_document_kind.csv")
TIER_PATH = LABEL_PATH.with_name("ref_tier.csv")


@cache
def load_labels(
    path: Path = LABEL_PATH, kinds: Path = KIND_PATH
) -> dict[tuple[str, str], str]:
    """Read the labels.

    Args:
        path: the csv of labels.
        kinds: the csv of document kinds, for those that have no label of their own.

    Returns:
        Label by label set and code.
    """
    with kinds.open(encoding="utf-8", newline="") as handle:
        named = {
            ("document_kind", row["document_kind"]): row["name_zh"]
            for row in csv.DictReader(handle)
        }
    with path.open(encoding="utf-8", newline="") as handle:
        return named | {
            (row["label_set"], row["code"]): row["label_zh"] for row in csv.DictReader(handle)
        }


@cache
def load_tiers(path: Path = TIER_PATH) -> dict[tuple[str, str], str]:
    """Read what tiers are called: 市本级 of one jurisdiction is 设区市本级 in another.

    Args:
        path: the csv of tiers.

    Returns:
        Name by jurisdiction and tier.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            (row["jurisdiction"], row["tier"]): row["tier_zh"] for row in csv.DictReader(handle)
        }


def _label_of(label_set: str, code: str) -> str:
    if label_set == "tier":
        own = load_tiers().get((jurisdiction.current(), code))
        if own:
            return own
    return load_labels().get((label_set, code), code)


def label(label_set: str, code: object) -> str:
    """Chinese for a code, or for several codes joined by commas or bars.

    Args:
        label_set: which list of codes.
        code: a code, a list of codes, or text with several.

    Returns:
        Labels joined by 、; a code without a label as it is; '' for nothing.
    """
    if code is None:
        return ""
    parts = code if isinstance(code, list | tuple) else str(code).replace("|", ",").split(",")
    return "、".join(_label_of(label_set, part.strip()) for part in parts if part)
