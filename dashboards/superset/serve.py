"""Superset on the live release: prepared, given our assets, started on this machine only.

Runs in Superset's own environment, which the night's packages are not in:
`.venv-superset/bin/python -m dashboards.superset.serve` (`make superset`). Run again, it brings the
metadata database and the assets up to date and starts; accounts and other people's charts stay.
"""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent
ASSETS = FOLDER / "assets"
CODE_ROOT = FOLDER.parents[1]
DATABASE_PLACE = "/absolute/path/to/releases/current/jixiao.duckdb"
PASSWORD_VARIABLE = "SUPERSET_ADMIN_PASSWORD"
ADMIN = "admin"
EXIT_NO_RELEASE = 6
MIN_PASSWORD = 8


def live_database(home: Path) -> Path:
    """The database of the live release, by the path that follows the nightly switch.

    Args:
        home: the working folder of the warehouse.

    Returns:
        The absolute path through `current`, not resolved.
    """
    return home.absolute() / "releases" / "current" / "jixiao.duckdb"


def secret_key(folder: Path) -> Path:
    """The file with the key of sessions, made at the first start.

    Args:
        folder: Superset's own folder, not readable by others.

    Returns:
        The file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(48))
        draft.rename(path)
    return path


def read_assets(database: Path) -> dict[str, str]:
    """The assets as Superset's importer wants them, with the place of the live release.

    Args:
        database: the live release's file.

    Returns:
        Text by path inside the bundle.
    """
    return {
        path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8").replace(
            DATABASE_PLACE, str(database)
        )
        for path in sorted(ASSETS.rglob("*.yaml"))
    }


def prepare_environment(folder: Path) -> None:
    """Tell Superset where its settings and its folder are, before it is imported.

    Args:
        folder: Superset's own folder.
    """
    os.environ["SUPERSET_HOME"] = str(folder)
    os.environ["SUPERSET_CONFIG_PATH"] = str(FOLDER / "superset_config.py")
    os.environ["FLASK_APP"] = "superset.app:create_app()"
    # the metadata database, its journal and the log are for the owner alone
    os.umask(0o077)


def prepare(database: Path, password: str) -> str:
    """Bring the metadata database, the first account and the assets up to date.

    Args:
        database: the live release's file.
        password: for the first account, also where it is there already; empty to make one up for
            a new account and to leave the one of an old account.

    Returns:
        The password that was made up, '' where none was.
    """
    from flask import g
    from flask_migrate import upgrade
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        upgrade()
        from superset import security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand

        app.appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        made_up = ""
        admin = security_manager.find_user(ADMIN)
        if admin is None:
            made_up = "" if password else secrets.token_urlsafe(12)
            security_manager.add_user(
                ADMIN, "管理员", "Superset", "admin@localhost.localdomain",
                security_manager.find_role("Admin"), password=password or made_up,
            )
        elif password:
            security_manager.reset_password(admin.id, password)
        g.user = security_manager.find_user(ADMIN)
        ImportAssetsCommand(read_assets(database)).run()
    return made_up


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Send what is written to the terminal into a file: Superset says much while it prepares.

    Args:
        path: the file, made anew.
    """
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with path.open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        except Exception:
            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, original in zip((1, 2), kept, strict=True):
                os.dup2(original, number)
                os.close(original)


def is_taken(port: int) -> bool:
    """Whether something on this machine listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def say(text: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make superset", description="在本机打开 Superset")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("JIXIAO_HOME", "var")),
                        help="仓库的工作目录（默认 var 或 JIXIAO_HOME）")
    parser.add_argument("--folder", type=Path,
                        help="Superset 自己的目录（默认为工作目录下的 superset）")
    parser.add_argument("--port", type=int, default=int(os.environ.get("SUPERSET_PORT", "8088")))
    return parser.parse_args(arguments)


def main() -> int:
    """Prepare, then become the server.

    Returns:
        An exit code; the server itself never returns.
    """
    wanted = parse_arguments()
    database = live_database(wanted.home)
    if not database.is_file():
        say(f"还没有现行发布（{database} 不存在）。")
        say("先执行 jixiao nightly 或 make demo，再执行 make superset。")
        return EXIT_NO_RELEASE
    password = os.environ.pop(PASSWORD_VARIABLE, "")
    if 0 < len(password) < MIN_PASSWORD:
        say(f"{PASSWORD_VARIABLE} 不足 {MIN_PASSWORD} 位。")
        say("换一个更长的密码，或不设这个变量，由程序生成。")
        return 2
    if is_taken(wanted.port):
        say(f"端口 {wanted.port} 已被占用：Superset 可能已经在运行。")
        say("打开它的网页，或者用 SUPERSET_PORT=8089 make superset 换一个端口。")
        return 1
    folder = (wanted.folder or wanted.home / "superset").absolute()
    secret_key(folder)
    prepare_environment(folder)
    say("正在准备 Superset（第一次约一分钟）……")
    log = folder / "prepare.log"
    try:
        with written_to(log):
            made_up = prepare(database, password)
    except Exception as error:
        say(f"没有准备好：{type(error).__name__}。经过见 {log}；改正后再执行 make superset。")
        return 1
    if made_up:
        say(f"管理员账号 {ADMIN}，密码 {made_up}（只显示这一次，请登录后修改）")
    say(f"打开 http://127.0.0.1:{wanted.port}/superset/dashboard/jixiao/ ；按 Ctrl+C 停止。")
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execv(gunicorn, [
        # loopback only; one process with threads is enough for one office and keeps memory low
        str(gunicorn), "--bind", f"127.0.0.1:{wanted.port}", "--workers", "1", "--threads", "8",
        "--worker-class", "gthread", "--timeout", "120", "--log-level", "warning",
        "superset.app:create_app()",
    ])


if __name__ == "__main__":
    sys.exit(main())
