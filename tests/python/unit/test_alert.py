"""Alerts arrive at a bot once per state and then daily, without secrets, and harm nothing."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from small_home import copy_home, make_home

from nightly import alert, command, night, watch
from nightly.doctor_watch import alert_finding, night_finding
from nightly.errors import EXIT_FAILURE, EXIT_KEPT_YESTERDAY, EXIT_OK, StopError
from nightly.heartbeat import beating, heartbeat_path, read_heartbeat
from nightly.lock import hold
from nightly.progress import Journal
from nightly.settings import Home

SECRET = "s3cr3tkey"
NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("template")).root.parent


@pytest.fixture
def home(template, tmp_path, monkeypatch):
    monkeypatch.delenv("JIXIAO_ALERT_URLS", raising=False)
    monkeypatch.setattr("nightly.doctor_watch.FREE_BYTES_WANTED", 0)  # not of this machine
    return copy_home(template, tmp_path)


class Bot:
    """A chat's endpoint on this machine."""

    def __init__(self) -> None:
        self.received: list[dict] = []
        self.answer = 200
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                bot.received.append(json.loads(body))
                self.send_response(bot.answer)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://{SECRET}:{SECRET}@127.0.0.1:{self.server.server_port}/{SECRET}"


@pytest.fixture
def bot():
    pytest.importorskip("apprise")
    made = Bot()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def use(home: Home, *urls: str) -> None:
    path = home.root / ".env"
    path.write_text(f"# 告警\nJIXIAO_ALERT_URLS=\"{' '.join(urls)}\"\n", encoding="utf-8")
    path.chmod(0o600)


def beat(home: Home, **facts: object) -> None:
    heartbeat_path(home).write_text(
        json.dumps(
            {"state": "ended", "started_at": "2026-03-09T18:30:00+00:00",
             "ended_at": "2026-03-09T18:35:00+00:00", "is_good": True, **facts}
        ),
        encoding="utf-8",
    )


def test_silence_is_told_once_then_daily_and_its_end_once(home, bot):
    use(home, bot.url)
    beat(home)
    assert watch.watch(home, now=NOW).problems == []
    assert bot.received == []
    silent = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)  # 36.4 hours after the last beat
    for hour in range(30):
        watch.watch(home, now=silent + timedelta(hours=hour))
    assert len(bot.received) == 2
    body = bot.received[0]["message"]
    assert "夜间任务" in bot.received[0]["title"] and "小时没有运行" in body
    assert "现行发布：20210301-002-" in body and "下一步：" in body
    beat(home, ended_at="2026-03-12T18:35:00+00:00")
    for hour in range(3):
        watch.watch(home, now=datetime(2026, 3, 12, 19 + hour, 0, tzinfo=UTC))
    assert len(bot.received) == 3 and "已恢复正常：夜间任务" in bot.received[2]["title"]


def test_another_failure_is_told_at_once_the_same_one_is_not(home, bot):
    use(home, bot.url)
    beat(
        home, is_good=False, exit_code=1, message="磁盘已满。\n第二行：某某项目",
        next_step="腾出空间。",
    )
    watch.watch(home, now=NOW)
    watch.watch(home, now=NOW + timedelta(hours=1))
    assert len(bot.received) == 1
    message = bot.received[0]["message"]
    assert "磁盘已满。" in message and "腾出空间。" in message and "某某项目" not in message
    beat(home, is_good=False, exit_code=4, message="2 项变动超过限度", next_step="查看。")
    watch.watch(home, now=NOW + timedelta(hours=2))
    assert len(bot.received) == 2


def test_what_cannot_be_sent_is_tried_again_and_says_no_secret(home, bot, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    use(home, bot.url, f"nosuch://{SECRET}", f"json://127.0.0.1:1/{SECRET}")
    beat(home, is_good=False, exit_code=1, message="故障")
    bot.answer = 500
    arguments = ["watch", "--home", str(home.root), "--debug"]
    assert command.main(arguments) == EXIT_FAILURE
    assert len(bot.received) == 1 and alert.read_state(home) == {}
    bot.answer = 200
    assert command.main(arguments) == EXIT_FAILURE  # two targets still do not take it
    assert len(bot.received) == 2 and "夜间任务" in alert.read_state(home)
    shown = capsys.readouterr()
    text = shown.out + shown.err + caplog.text
    assert "json://…" in text and "nosuch://…" in text
    assert SECRET not in text
    for path in home.root.rglob("*"):
        if path.is_file() and path.name != ".env":
            assert SECRET.encode() not in path.read_bytes(), path


def test_a_dry_run_shows_and_sends_nothing(home, bot, capsys):
    use(home, bot.url)
    beat(home, is_good=False, exit_code=1, message="故障")
    arguments = ["watch", "--dry-run", "--home", str(home.root)]
    assert command.main(arguments) == EXIT_KEPT_YESTERDAY
    out = capsys.readouterr().out
    assert "将发送到 json://…" in out and "小时没有运行" in out and SECRET not in out
    assert bot.received == [] and not alert.state_path(home).exists()


def test_a_test_message_arrives(home, bot):
    use(home, bot.url)
    assert command.main(["watch", "--test", "--home", str(home.root)]) == EXIT_OK
    assert "告警测试" in bot.received[0]["title"]


def test_a_night_that_fails_tells_and_one_that_cannot_tell_ends_as_it_would(
    home, bot, monkeypatch, tmp_path
):
    use(home, bot.url)

    def run(self, inbox):
        raise StopError("收件目录不可读。", "检查挂载。")

    monkeypatch.setattr(night.Night, "run", run)
    arguments = [
        "nightly", "--inbox", str(tmp_path / "inbox"), "--home", str(home.root),
        "--as-of", "2021-03-01",
    ]
    assert command.main(arguments) == EXIT_FAILURE
    assert "收件目录不可读。" in bot.received[0]["message"]
    monkeypatch.setattr(alert, "send", lambda *_: 1 / 0)
    alert.state_path(home).unlink()
    assert command.main(arguments) == EXIT_FAILURE
    assert read_heartbeat(home).message == "收件目录不可读。"


def test_the_heart_beats_at_both_ends_of_a_night(home):
    with hold(home), beating(home, NOW.date()):
        assert read_heartbeat(home).state == "running"
        assert night_finding(home, datetime.now(UTC)).state == "正常"
    done = read_heartbeat(home)
    assert (done.state, done.is_good) == ("ended", True)
    with pytest.raises(KeyboardInterrupt), beating(home, NOW.date()):
        raise KeyboardInterrupt
    assert read_heartbeat(home).is_good is False


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    [
        ({"state": "running", "ended_at": None, "pid": 77}, "异常", "中途被终止（进程 77"),
        ({"ended_at": "2026-03-12T00:00:00+00:00"}, "异常", "时钟"),
        ({"ended_at": "2026-03-08T17:00:00+00:00"}, "异常", "小时没有运行"),
        ({"ended_at": "2026-03-08T19:00:00+00:00"}, "正常", "小时前"),
        ({"is_good": False, "exit_code": 4, "message": "暂缓"}, "注意", "暂缓"),
        ({"is_good": False, "exit_code": 1, "message": "坏了"}, "异常", "坏了"),
    ],
)
def test_what_a_heartbeat_says(home, facts, state, words):
    beat(home, **facts)
    finding = night_finding(home, NOW)
    assert finding.state == state and words in finding.text


def test_a_torn_heartbeat_falls_back_on_the_log(home):
    heartbeat_path(home).write_text('{"state": "run', encoding="utf-8")
    finding = night_finding(home, datetime(2026, 3, 2, tzinfo=UTC))
    assert finding.state == "正常" and "2026-03-01T18:31:01" in finding.text
    Journal(home.logs, NOW.date()).write(
        step="night", status="failed", exit_code=1, message="RuntimeError: boom"
    )
    assert night_finding(home, datetime.now(UTC)).text == "RuntimeError: boom"


def test_secrets_that_others_can_read_are_a_fault(home):
    use(home, "json://127.0.0.1/x")
    assert alert_finding(home).state == "正常"
    (home.root / ".env").chmod(0o640)
    assert alert_finding(home).state == "异常" and "chmod 600" in alert_finding(home).next_step


def test_settings_come_from_the_file_but_secrets_stay_in_it(home, monkeypatch):
    from nightly import environment_file

    (home.root / ".env").write_text(
        "export JIXIAO_KEEP_MONTHS='3'\nJIXIAO_ALERT_URLS=json://x\nPATH=/evil\nnonsense\n",
        encoding="utf-8",
    )
    environment = {"PATH": "/bin"}
    monkeypatch.setattr(environment_file.os, "environ", environment)
    environment_file.use_environment_file(home)
    assert environment == {"PATH": "/bin", "JIXIAO_KEEP_MONTHS": "3"}
