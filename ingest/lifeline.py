"""Worker processes end with the process that started them.

A night that is killed outright cannot tell its workers. One that went on would keep the warehouse
open, and the next night could not write to it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def end_with_parent(parent_id: int | None = None) -> None:
    """Ask the kernel to kill this process when the thread that started it ends.

    Start workers from a thread that lives as long as their work, such as the main thread. Does
    nothing where the kernel is not Linux's.

    Args:
        parent_id: process id of the parent: if it is gone by now, the process ends at once. Of a
            process of `multiprocessing` it is known.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if parent_id is None and (parent := multiprocessing.parent_process()) is not None:
        parent_id = parent.pid
    if parent_id is not None and os.getppid() != parent_id:
        os._exit(1)
