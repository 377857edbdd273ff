"""What came of one trial of a campaign."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from torture.office import HangError, Office
from torture.promises import HalfReleaseError, LossError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A promise that did not hold.

    Attributes:
        kind: loss, half_release, hang or other.
        after: the strike or fault before it.
        text: what was found.
    """

    kind: str
    after: str
    text: str


@dataclass
class Outcome:
    """What came of a trial.

    Attributes:
        kind: kill or disk.
        name: of the chain or fault.
        code: version of the code it was tried on.
        met: strikes that met the command alive; 1 for a fault.
        missed: strikes that came after its end.
        nights: nights that completed undisturbed at the end.
        filings: filings whose rows were added up at the end.
        seconds: how long it took.
        said: every strike with its exit code; what the night said of a fault.
        broken: promises that did not hold.
    """

    kind: str
    name: str
    code: str = ""
    met: int = 0
    missed: int = 0
    nights: int = 0
    filings: int = 0
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def guarded(
    outcome: Outcome, office: Office, trial: Callable[[Office, Outcome], None]
) -> Outcome:
    """Make a trial; a broken promise or another error ends it and leaves its installation.

    Args:
        outcome: empty.
        office: an installation that does not exist yet.
        trial: what to do to it.

    Returns:
        The outcome.
    """
    started = time.monotonic()
    try:
        trial(office, outcome)
        shutil.rmtree(office.home, ignore_errors=True)
    except Exception as error:  # whatever it is, the other trials go on
        after = outcome.said[-1] if outcome.said else "—"
        text = f"{type(error).__name__} {error}"
        outcome.broken.append(Broken(_kind_of(error), after, text))
        logger.error("%s（%s）：%s：%s", outcome.name, office.home, after, text)
    outcome.seconds = round(time.monotonic() - started, 1)
    return outcome


def _kind_of(error: Exception) -> str:
    for kind, of in (
        ("loss", LossError), ("half_release", HalfReleaseError), ("hang", HangError)
    ):
        if isinstance(error, of):
            return kind
    return "other"
