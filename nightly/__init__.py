"""One night: receive, load, gate, build, audit, release, report; and the `jixiao` command."""
