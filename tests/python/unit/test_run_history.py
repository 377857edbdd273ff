"""The run history comes from the logs, and logs are kept within bounds."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime

import duckdb
import pytest
from small_home import NIGHT_LINES

from dashboards.run_log import run_log_page
from nightly import log_keeping, status
from nightly.log_keeping import rotate_logs
from nightly.progress import Journal, read_journal
from nightly.run_history import load_history, read_history
from nightly.settings import Home


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.logs.mkdir()
    write(home, "2021-03-01", NIGHT_LINES)
    return home


def write(home, day, lines, tail=""):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (home.logs / f"{day}.jsonl").write_text(text + tail, encoding="utf-8")


def test_nights_and_steps_as_logged(home):
    (night,) = read_history(home.logs)
    assert night.started_at == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    assert night.as_of == date(2021, 3, 1)
    assert (night.status, night.exit_code, night.peak_rss_mb) == ("ok", 0, 700)
    assert night.seconds == 54.75 and night.release_id == "20210301-002-aaaaaaaa"
    assert [(step.step_no, step.step, step.row_count) for step in night.steps] == [
        (1, "receive", 2), (2, "load", 300),
    ]


def test_a_night_without_a_last_line_and_torn_lines(home):
    lines = [dict(line, night="20260302T183000Z") for line in NIGHT_LINES[:2]]
    failed = [
        dict(lines[0], night="20260303T183000Z", status="failed"),
        dict(lines[0], night="20260303T183000Z", step="night", status="stopped", exit_code=4,
             message="关口未通过\n详情"),
    ]
    write(home, "2021-03-02", [*lines, *failed], tail='{"at": "2026-03-03T')
    _, cut, stopped = read_history(home.logs)
    assert (cut.status, cut.exit_code, len(cut.steps)) == ("unfinished", None, 2)
    assert (stopped.status, stopped.exit_code, stopped.message) == ("stopped", 4, "关口未通过")
    text = "\n".join(status._nights(home))
    assert "没有走完　已完成 2 步" in text and "沿用上一发布　关口未通过" in text
    assert "读取入库" not in text.split("\n")[-1]  # steps are those of the newest night


def test_a_line_after_a_torn_one_is_not_lost(home):
    write(home, "2021-03-02", [], tail='{"at": "2026-03-')
    Journal(home.logs, date(2021, 3, 2)).write(step="night", status="ok")
    assert read_journal(home.logs)[-1]["as_of"] == "2021-03-02"


def test_history_is_filled_anew_into_any_warehouse(home):
    lines = [dict(NIGHT_LINES[0], night="20260302T183000Z", rows=None, rss_mb=None)]
    (home.logs / "2021-03-02.jsonl.gz").write_bytes(
        gzip.compress((json.dumps(lines[0]) + "\n").encode())
    )
    con = duckdb.connect()
    for _ in range(2):
        assert load_history(con, home) == 2
    assert con.execute(
        "select night_id, as_of::varchar, started_at::varchar, status, exit_code, seconds,"
        " peak_rss_mb, release_id from ops.night_run order by night_id"
    ).fetchall() == [
        ("20260301T183000Z", "2021-03-01", "2026-03-01 18:30:00", "ok", 0, 54.75, 700,
         "20210301-002-aaaaaaaa"),
        ("20260302T183000Z", "2021-03-01", "2026-03-02 18:30:00", "unfinished", None, 4.5, None,
         None),
    ]
    assert con.execute(
        "select step, seconds, row_count from ops.night_step order by all"
    ).fetchall() == [("load", 50.25, 300), ("receive", 4.5, 2), ("receive", 4.5, None)]
    assert load_history(duckdb.connect(), Home(home.root / "empty")) == 0


def test_the_page_shows_them_and_an_empty_one_stands(home):
    page = run_log_page(read_history(home.logs))
    assert page.card("用时").value == "55 秒" and page.card("内存峰值").value == "700 MiB"
    assert page.table("nights").rows[0][:4] == ["2026-03-01 18:30", "2021-03-01", "完成", "55"]
    assert [row[1] for row in page.table("steps").rows] == ["接收文件", "读取入库"]
    chart = page.model()["charts"]["seconds"]
    assert {item["name"]: item["data"] for item in chart["series"]}["读取入库"] == [50.3]
    write(home, "2021-03-02", [dict(NIGHT_LINES[0], night="20260302T183000Z")])
    write(home, "2021-03-03", [dict(NIGHT_LINES[0], night="20260303T183000Z")])
    page = run_log_page(read_history(home.logs))
    assert [row[2] for row in page.table("nights").rows] == ["进行中", "中断", "完成"]
    assert run_log_page([]).card("最近一夜").value == "没有记录"


def test_logs_are_compressed_and_removed_but_the_newest_stay(home, monkeypatch):
    (home.logs / "2021-03-01.jsonl").unlink()
    for day in range(1, 10):
        write(home, f"2021-04-{day:02d}", [dict(NIGHT_LINES[0], night=f"2026040{day}T183000Z")])
    monkeypatch.setattr(log_keeping, "PLAIN_COUNT", 2)
    monkeypatch.setenv("JIXIAO_KEEP_LOGS", "5")
    before = read_history(home.logs)[-5:]
    rotate_logs(home)
    assert sorted(path.name for path in home.logs.iterdir()) == [
        *(f"2021-04-0{day}.jsonl.gz" for day in (5, 6, 7)),
        "2021-04-08.jsonl", "2021-04-09.jsonl",
    ]
    assert read_history(home.logs) == before
    monkeypatch.setenv("JIXIAO_KEEP_LOGS", "0")
    rotate_logs(home)
    assert [path.name for path in home.logs.iterdir()] == ["2021-04-09.jsonl"]


def test_a_date_worked_on_again_loses_nothing(home, monkeypatch):
    monkeypatch.setattr(log_keeping, "PLAIN_COUNT", 1)
    for day, night in (("2021-05-01", "20260501T000000Z"), ("2021-05-02", "20260502T000000Z")):
        write(home, day, [dict(NIGHT_LINES[0], night=night)])
    rotate_logs(home)
    write(home, "2021-05-01", [dict(NIGHT_LINES[0], night="20260509T000000Z")])
    rotate_logs(home)
    assert [night.night_id for night in read_history(home.logs)] == [
        "20260301T183000Z", "20260501T000000Z", "20260502T000000Z", "20260509T000000Z",
    ]


def test_long_text_logs_turn_over(home, monkeypatch):
    monkeypatch.setattr(log_keeping, "TEXT_BYTES", 10)
    for text in (b"first long text", b"second long text"):
        (home.logs / "gate.log").write_bytes(text)
        rotate_logs(home)
    assert gzip.decompress((home.logs / "gate.log.1.gz").read_bytes()) == b"second long text"
    assert gzip.decompress((home.logs / "gate.log.2.gz").read_bytes()) == b"first long text"
