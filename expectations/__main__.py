"""Starts the gate's worker: `python -m expectations PARENT`, PARENT being who started it.

Its libraries take seconds to import; if the night is killed meanwhile, this ends at once.
"""

from __future__ import annotations

import sys

from ingest.lifeline import end_with_parent

if __name__ == "__main__":
    end_with_parent(int(sys.argv[1]))
    from expectations.worker import main

    main()
