"""Starts Superset on the live release and looks at our dashboard in a headless browser.

`make superset-check` runs it; it is no part of the suite, which Superset is not installed for. It
uses a folder and a password of its own that are gone afterwards, and a `current` of its own, so
that it can switch between the releases that are there. It fails on a chart with an error, an error
in the console, an answer from another host, a number that is not the release's, and a statement in
SQL Lab that reaches the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import yaml

from torture.browser import Browser

ROOT = Path(__file__).resolve().parents[3]
SUPERSET_PYTHON = ROOT / ".venv-superset" / "bin" / "python"
ASSETS = ROOT / "dashboards" / "superset" / "assets"
PAGE = "/superset/dashboard/jixiao/"
SECONDS = 180
YEAR = """
    (select max(work_year) from marts.mart_stage_coverage
        where due_project_count > 0 or done_project_count > 0)
"""
ROOT_COVERAGE = f"""
    select sum(done_project_count) / sum(due_project_count) from marts.mart_stage_coverage
    where scope = 'with_subordinates' and fund_type = 'all' and work_year = {YEAR}
        and bureau_code in (
            select bureau_code from marts.dim_bureau
            where parent_bureau_code is null
                or parent_bureau_code not in (select bureau_code from marts.dim_bureau)
        )
        and stage =
"""
# chart, what its first row is to hold, and how the page writes it; the SQL goes another way than
# the datasets do (the root's rows with subordinates instead of everybody's own)
NUMBERS = (
    ("goal_coverage", "goal_coverage", f"{ROOT_COVERAGE} 'goal'", "{:.1%}"),
    ("monitoring_coverage", "monitoring_coverage", f"{ROOT_COVERAGE} 'monitoring'", "{:.1%}"),
    ("self_evaluation_coverage", "self_evaluation_coverage",
     f"{ROOT_COVERAGE} 'self_evaluation'", "{:.1%}"),
    ("filed_share", "filed_share",
     "select avg(case when is_filed then 1 else 0 end) from marts.mart_filing_status"
     f" where is_owed and work_year = {YEAR}", "{:.1%}"),
    ("warned_count", "warned_count",
     f"select count(*) from marts.mart_deviation_flag where is_warned and work_year = {YEAR}",
     "{:,.0f}"),
    ("consecutive_count", "project_count",
     f"select count(*) from marts.mart_consecutive_warning where work_year = {YEAR}", "{:,.0f}"),
    ("mean_score", "mean_score",
     f"select avg(declared_score) from marts.mart_self_evaluation where work_year = {YEAR}",
     "{:.2f}"),
)
ROW_COUNTS = (
    ("consecutive_list",
     f"select count(*) from marts.mart_consecutive_warning where work_year = {YEAR}"),
    ("chase_list", f"select count(*) from marts.mart_chase_list where work_year = {YEAR}"),
    ("data_quality_by_bureau",
     "select count(distinct bureau_code) from quality.mart_bureau_data_quality"
     f" where work_year = {YEAR}"),
)
SUMS = (
    ("lights",
     f"select count(*) from marts.mart_deviation_flag where work_year = {YEAR}"),
    ("grades", f"select count(*) from marts.mart_self_evaluation where work_year = {YEAR}"),
    ("score_bands", f"select count(*) from marts.mart_self_evaluation where work_year = {YEAR}"),
    ("filing_states",
     f"select count(*) from marts.mart_filing_status where is_owed and work_year = {YEAR}"),
    ("sampling_progress",
     "select sum(required_count) + sum(sampled_count) from marts.mart_sampling_check"
     f" where work_year = {YEAR}"),
)
MUST_FAIL = (
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from glob('/etc/*')",
    "attach '/tmp/other.duckdb' as other",
    "copy (select 1) to '/tmp/superset_check.csv'",
    "create table marts.mine as select 1",
    "delete from marts.mart_chase_list",
    "update marts.dim_bureau set bureau_name = ''",
    "set enable_external_access = true",
    "install httpfs",
    "load httpfs",
    "select 1; drop table marts.mart_chase_list",
)


class CheckError(Exception):
    """What was looked at is not as it has to be."""


def say(text: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def expect(is_true: bool, text: str) -> None:
    """Stop with a sentence unless a thing holds."""
    if not is_true:
        raise CheckError(text)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def point_to(home: Path, release: Path) -> None:
    """Switch the `current` of a folder the way the night does."""
    releases = home / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    (releases / ".next").unlink(missing_ok=True)
    (releases / ".next").symlink_to(release)
    os.replace(releases / ".next", releases / "current")


def answer(release: Path, sql: str) -> Any:
    """The one value of a query on a release."""
    con = duckdb.connect(str(release / "jixiao.duckdb"), read_only=True)
    try:
        return con.execute(sql).fetchall()[0][0]
    finally:
        con.close()


class Server:
    """Superset, started by the module that `make superset` starts."""

    def __init__(self, home: Path, password: str) -> None:
        self.port = free_port()
        self.log = home / "server.log"
        with self.log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [str(SUPERSET_PYTHON), "-m", "dashboards.superset.serve",
                 "--home", str(home), "--port", str(self.port)],
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "SUPERSET_ADMIN_PASSWORD": password},
            )

    def __enter__(self) -> Server:
        deadline = time.monotonic() + 2 * SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5):
                    return self
            except OSError:
                time.sleep(1)
        self.__exit__()
        tail = self.log.read_text(encoding="utf-8")[-2000:]
        raise CheckError(f"Superset 没有启动。日志的最后几行：\n{tail}")

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


class Visitor:
    """A person at the browser."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        browser.send(
            "Emulation.setDeviceMetricsOverride", width=1440, height=3700, deviceScaleFactor=1,
            mobile=False,
        )

    def wait(self, expression: str, what: str) -> None:
        """Wait until an expression of the page is true."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if self.browser.ask(expression):
                return
            time.sleep(0.3)
        raise CheckError(f"等待超时：{what}。控制台：{self.browser.complaints()}")

    def log_in(self, password: str) -> None:
        """Fill the form of the login page."""
        self.browser.send("Page.navigate", url=f"{self.address}/login/")
        self.wait("!!document.querySelector('input[type=password]')", "登录页")
        self.browser.ask(f"""(() => {{
            const setter = Object.getOwnPropertyDescriptor(
                HTMLInputElement.prototype, 'value').set;
            const fill = (field, text) => {{
                setter.call(field, text);
                field.dispatchEvent(new Event('input', {{bubbles: true}}));
            }};
            fill(document.querySelector('input#username'), 'admin');
            fill(document.querySelector('input[type=password]'), {json.dumps(password)});
            document.querySelector('button[type=submit]').click();
        }})()""")
        self.wait("!location.pathname.startsWith('/login')", "登录")

    def open_dashboard(self, chart_count: int) -> None:
        """Open the dashboard and wait until every chart is drawn."""
        self.browser.events.clear()
        self.browser.send("Page.navigate", url="about:blank")
        self.browser.send("Page.navigate", url=self.address + PAGE)
        self.wait(
            f"document.querySelectorAll('.chart-container').length >= {chart_count}"
            " && !document.querySelector('.chart-container .loading,"
            " .dashboard-chart [data-test=loading-indicator], .filter-item-wrapper .loading')",
            f"{chart_count} 个图表",
        )
        time.sleep(3)  # a chart that was drawn before its filter came is drawn again
        self.wait("!document.querySelector('.chart-container .loading')", "图表重画")
        self.browser.ask("1")

    def answers(self) -> dict[int, dict[str, Any]]:
        """What the server last said for every chart, by the chart's number."""
        found = {}
        for event in self.browser.events:
            if event["method"] != "Network.responseReceived":
                continue
            url = event["params"]["response"]["url"]
            if "/api/v1/chart/data" in url and "slice_id" in url:
                number = int(url.split("slice_id%22%3A")[1].split("%7D")[0])
                found[number] = event["params"]["requestId"]
        return {
            number: json.loads(
                self.browser.send("Network.getResponseBody", requestId=request)["body"]
            )
            for number, request in found.items()
        }

    def fetch(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Ask the server from inside the page, with its session and its protection of forms."""
        result = self.browser.send("Runtime.evaluate", awaitPromise=True, returnByValue=True,
                                   expression=f"""(async () => {{
            const token = await (await fetch('/api/v1/security/csrf_token/')).json();
            const reply = await fetch({json.dumps(path)}, {{
                method: {json.dumps('POST' if body else 'GET')},
                headers: {{'Content-Type': 'application/json', 'X-CSRFToken': token.result}},
                body: {json.dumps(json.dumps(body)) if body else 'undefined'},
            }});
            return [reply.status, await reply.text()];
        }})()""")
        status, text = result["result"]["value"]
        return status, json.loads(text)

    def check_page(self) -> None:
        """No error in a chart, in the console or in an answer; nothing from elsewhere."""
        errors = self.browser.ask(
            "[...document.querySelectorAll('.ant-alert-error, [data-test=error-alert],"
            " .missing-chart-container')].map(each => each.innerText)"
        )
        expect(not errors, f"图表报错：{errors}")
        blocked = "Content Security Policy"  # the counting picture, kept from being fetched
        complaints = [
            text for text in self.browser.complaints()
            if not (blocked in text and "scarf" in text) and '"type": "warning"' not in text
        ]
        expect(not complaints, f"控制台报错：{complaints}")
        responses = [
            event["params"]["response"] for event in self.browser.events
            if event["method"] == "Network.responseReceived"
        ]
        bad = [each["url"] for each in responses if each["status"] >= 400]
        expect(not bad, f"请求失败：{bad}")
        hosts = {urlsplit(each["url"]).netloc for each in responses
                 if each["url"].startswith("http")}
        expect(hosts == {urlsplit(self.address).netloc}, f"有来自其他主机的内容：{hosts}")


def chart_files() -> dict[str, dict[str, Any]]:
    """The committed charts by file name."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in (ASSETS / "charts").glob("*.yaml")
    }


def total(rows: list[dict[str, Any]]) -> float:
    """The sum of all whole numbers of a chart's answer."""
    return sum(
        value for row in rows for key, value in row.items()
        if isinstance(value, int | float) and not key.endswith("__contribution")
    )


def check_numbers(visitor: Visitor, numbers: dict[str, int], release: Path) -> int:
    """Compare what the charts were given, and what they show, with SQL on the release.

    Args:
        visitor: at the opened dashboard.
        numbers: Superset's number of every chart, by its file name.
        release: what `current` points at.

    Returns:
        How many numbers were compared.
    """
    data = {
        number: reply["result"][0]["data"] for number, reply in visitor.answers().items()
    }
    missing = [name for name, number in numbers.items() if number not in data]
    expect(not missing, f"没有取得数据的图表：{missing}")
    for name, key, sql, shown_as in NUMBERS:
        wanted, given = answer(release, sql), data[numbers[name]][0][key]
        expect(
            (wanted is None) == (given is None)
            and (wanted is None or abs(float(wanted) - float(given)) < 1e-6),
            f"{name}：图表 {given}，发布 {wanted}",
        )
        if wanted is not None:
            shown = visitor.browser.ask(
                f"document.querySelector('.dashboard-chart-id-{numbers[name]} .header-line')"
                "?.innerText"
            )
            text = shown_as.format(wanted)
            expect(shown == text, f"{name}：屏幕显示 {shown}，发布 {text}")
    for name, sql in ROW_COUNTS:
        wanted, given = answer(release, sql), len(data[numbers[name]])
        expect(min(wanted, 1000) == given, f"{name}：图表 {given} 行，发布 {wanted} 行")
    for name, sql in SUMS:
        wanted, given = answer(release, sql), total(data[numbers[name]])
        expect((wanted or 0) == given, f"{name}：图表合计 {given}，发布 {wanted}")
    return len(NUMBERS) + len(ROW_COUNTS) + len(SUMS)


def check_locked(visitor: Visitor, database_id: int) -> None:
    """SQL Lab answers a question and reaches neither the disk nor a table it could change."""
    def ask(sql: str) -> tuple[int, Any]:
        return visitor.fetch("/api/v1/sqllab/execute/", {
            "database_id": database_id, "sql": sql, "schema": "marts", "runAsync": False,
            "client_id": secrets.token_hex(5), "queryLimit": 10, "select_as_cta": False,
        })

    status, reply = ask("select count(*) as n from marts.mart_stage_coverage")
    expect(status == 200 and reply["data"][0]["n"] > 0, f"SQL Lab 不能查询：{reply}")
    for sql in MUST_FAIL:
        status, reply = ask(sql)
        expect(status >= 400, f"SQL Lab 竟然执行了：{sql} → {reply}")
        text = (reply.get("errors") or [reply])[0].get("message", "")
        say(f"  已拒绝  {sql}　（{text.splitlines()[0][:90]}）")


def check_browsable(visitor: Visitor, database_id: int, release: Path) -> None:
    """SQL Lab lists the release's tables, so an analyst need not know their names."""
    for schema in ("marts", "quality"):
        status, reply = visitor.fetch(
            f"/api/v1/database/{database_id}/tables/?q=(force:!t,schema_name:{schema})"
        )
        wanted = answer(
            release, f"select count(*) from duckdb_tables() where schema_name = '{schema}'"
        )
        expect(status == 200 and reply["count"] == wanted, f"SQL Lab 列不出 {schema} 的表：{reply}")
        say(f"SQL Lab 列出 {schema} 的 {wanted} 张表")


def count_moved(one: Path, other: Path) -> int:
    """How many of the compared numbers are not the same in two releases."""
    questions = [sql for *_, sql, _ in NUMBERS] + [sql for _, sql in [*ROW_COUNTS, *SUMS]]
    return sum(answer(one, sql) != answer(other, sql) for sql in questions)


def other_release(releases: Path, live: Path) -> Path | None:
    """The newest release beside the live one, if there is any."""
    others = [
        path.parent.resolve() for path in sorted(releases.glob("*/jixiao.duckdb"))
        if path.parent.resolve() != live and not path.parent.is_symlink()
        and not path.parent.name.startswith(".")
    ]
    return others[-1] if others else None


def check(home: Path, screenshot: Path, scratch: Path) -> None:
    """Do all of it.

    Args:
        home: the warehouse's working folder; only read.
        screenshot: where the picture of the dashboard goes.
        scratch: an empty folder.
    """
    live = (home / "releases" / "current").resolve()
    expect((live / "jixiao.duckdb").is_file(), "还没有现行发布，先执行 make demo。")
    expect(SUPERSET_PYTHON.is_file(), "还没有 Superset 的环境，用 make superset-check 执行。")
    point_to(scratch, live)
    password = secrets.token_urlsafe(12)
    charts = chart_files()
    say("启动 Superset（约一两分钟）……")
    with Server(scratch, password) as server, Browser(scratch / "profile") as browser:
        visitor = Visitor(browser, server.address)
        visitor.log_in(password)
        _, listed = visitor.fetch("/api/v1/chart/?q=(page_size:100)")
        by_title = {each["slice_name"]: each["id"] for each in listed["result"]}
        numbers = {name: by_title[chart["slice_name"]] for name, chart in charts.items()}
        visitor.open_dashboard(len(charts))
        visitor.check_page()
        browser.screenshot(screenshot)
        compared = check_numbers(visitor, numbers, live)
        say(f"{len(charts)} 个图表，{compared} 个数与发布 {live.name} 一致；截图 {screenshot}")
        _, listed = visitor.fetch("/api/v1/database/")
        database_id = listed["result"][0]["id"]
        check_browsable(visitor, database_id, live)
        check_locked(visitor, database_id)
        other = other_release(home / "releases", live)
        if other is None:
            say("只有一次发布，没有检查切换。")
            return
        point_to(scratch, other)
        visitor.open_dashboard(len(charts))
        visitor.check_page()
        compared = check_numbers(visitor, numbers, other)
        say(f"切换后（没有重启）{compared} 个数与发布 {other.name} 一致，"
            f"其中 {count_moved(live, other)} 个与切换前不同。")


def main() -> int:
    """Read the command line and check.

    Returns:
        0 when everything is as it has to be, else 1.
    """
    parser = argparse.ArgumentParser(prog="make superset-check")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("JIXIAO_HOME", "var")))
    parser.add_argument("--screenshot", type=Path)
    wanted = parser.parse_args()
    screenshot = wanted.screenshot or wanted.home / "superset-check.png"
    with tempfile.TemporaryDirectory() as scratch:
        try:
            check(wanted.home.absolute(), screenshot.absolute(), Path(scratch))
        except CheckError as error:
            say(f"不通过：{error}")
            return 1
    say("通过。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
