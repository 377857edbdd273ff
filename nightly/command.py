"""The `jixiao` command: reads arguments, calls one function, words the outcome."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nightly.clock import believe_clock
from nightly.environment_file import use_environment_file
from nightly.errors import (
    EXIT_CODES_ZH,
    EXIT_FAILURE,
    EXIT_INTERRUPTED,
    EXIT_KEPT_YESTERDAY,
    EXIT_LOCKED,
    EXIT_NOTHING_CHANGED,
    EXIT_OK,
    EXIT_TERMINATED,
    EXIT_USAGE,
    StopError,
    TerminatedError,
    is_no_room,
    no_room,
)
from nightly.progress import say
from nightly.release_notes import NOTES_NAME
from nightly.settings import Home, choose_jurisdiction, find_home

if TYPE_CHECKING:
    from nightly.release import Release
    from nightly.release_words import TableWords

PRIVATE_UMASK = 0o027  # files 0640, folders 0750: the group reads, others do nothing
EPILOG = "退出码：\n" + "\n".join(f"  {code}　{text}" for code, text in EXIT_CODES_ZH.items())


class _Chinese(argparse.RawDescriptionHelpFormatter):
    """Help in Chinese, wide enough for it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """Words its errors in Chinese."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("formatter_class", _Chinese)
        super().__init__(*args, add_help=False, **kwargs)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> None:
        sys.stderr.write(f"命令写法有误：{message}\n下一步：运行 {self.prog} --help 查看用法。\n")
        raise SystemExit(EXIT_USAGE)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写成 2021-03-01 的样子，而不是 {text}") from None


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"规模应是大于 0、不超过 1 的数，而不是 {text}")
    return value


# --- what each subcommand does ------------------------------------------------------------------


def _nightly(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.night import run_night
    from nightly.watch import tell_after_night

    try:
        result = run_night(home, arguments.inbox, arguments.as_of)
    except StopError as stop:
        if stop.exit_code != EXIT_LOCKED:
            tell_after_night(home)
        raise
    except Exception:
        tell_after_night(home)
        raise
    tell_after_night(home)
    if result.exit_code == EXIT_NOTHING_CHANGED:
        say(f"没有任何变化，沿用现有发布 {result.release.release_id}。")
        return EXIT_NOTHING_CHANGED
    total = sum(result.seconds.values())
    say(
        f"新发布已上线：{result.release.release_id}（新收 {result.received_count} 个文件，"
        f"用时 {total:.0f} 秒）"
    )
    say(f"位置：{home.current}（有哪些变化见其中的 {NOTES_NAME}）")
    return EXIT_OK


def _step(name: str) -> Callable[[argparse.Namespace, Home], int]:
    def run(arguments: argparse.Namespace, home: Home) -> int:
        from nightly.build import dbt_environment
        from nightly.lock import hold
        from nightly.night import Night

        with hold(home), Night(home, arguments.as_of) as night, dbt_environment(home):
            if name == "receive":
                say(f"新收 {night.receive(arguments.inbox)} 个文件。")
            elif name == "load":
                night.start_gate()
                rows = night.load()
                answer = night.gate()
                say(f"读入 {sum(rows.values())} 行，退回 {answer.get('rejected', 0)} 份报送。")
            elif name == "gate":
                answer = night.gate()
                say(f"退回 {answer.get('rejected', 0)} 份报送。")
            elif name == "build":
                night.build()
                say("各层表计算完成。")
            elif name == "audit":
                night.audit()
                say("审计通过，可以发布。")
            elif name == "release" and arguments.accept:
                say(f"已确认，新发布已上线：{night.accept(arguments.reason).release_id}")
            elif name == "release":
                say(f"新发布已上线：{night.release().release_id}")
            else:
                say(f"问题反馈：{night.report()}")
        return EXIT_OK

    return run


def _demo(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.demo import DemoPlan, run_demo

    run_demo(DemoPlan(home, arguments.scale, arguments.seed))
    return EXIT_OK


def _simulate(arguments: argparse.Namespace, home: Home) -> int:
    from simulate.region import write_region

    try:
        summary = write_region(
            arguments.out, arguments.statement, scale=arguments.scale, seed=arguments.seed,
            faults=arguments.faults, indicator_share=arguments.indicator_share,
        )
    except FileExistsError:
        raise StopError(
            f"输出目录 {arguments.out} 不是空的。", "换一个新的目录。", EXIT_USAGE
        ) from None
    except ValueError as error:
        raise StopError(f"不能模拟：{error}。", "检查 --statement。", EXIT_USAGE) from None
    say(
        f"{summary.bureau_count} 个财政部门，{summary.file_count} 个文件，"
        f"{summary.size_bytes / 1024**2:.1f} MiB，{summary.indicator_line_count} 行指标"
    )
    say(f"位置：{arguments.out}")
    return EXIT_OK


def _check(arguments: argparse.Namespace, home: Home) -> int:
    from rich.console import Console

    from nightly.check import check
    from nightly.check_report import show, write_copies

    for path in arguments.files:
        if not path.is_file():
            raise StopError(f"没有这个文件：{path}。", "检查文件名和路径。", EXIT_USAGE)
    checked = check(
        arguments.files, arguments.bureau, arguments.as_of, home, is_fast=arguments.fast
    )
    show(checked, Console(width=None if sys.stdout.isatty() else 200))
    if arguments.out:
        for path in write_copies(checked, arguments.files, arguments.out, arguments.as_of):
            say(f"已写出：{path}")
    return EXIT_KEPT_YESTERDAY if checked.has_errors else EXIT_OK


def _rules_list(arguments: argparse.Namespace, home: Home) -> int:
    from rich.console import Console
    from rich.table import Table

    from nightly.rules import list_rules

    found = list_rules(arguments.step, arguments.status)
    table = Table("规则", "内容", "级别", "环节", "状态", "对应", "执行位置")
    for rule in found:
        table.add_row(
            rule.rule_id, rule.rule_zh, rule.severity, rule.step, rule.status, rule.domain_ref,
            rule.enforced_at,
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table, markup=False)
    say(f"共 {len(found)} 条。")
    return EXIT_OK


def _rules_dry_run(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.rules import dry_run, hit_lines

    for line in hit_lines(*dry_run(home, arguments.rule, arguments.share), arguments.limit):
        say(line)
    return EXIT_OK


def _status(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.status import status_lines

    for line in status_lines(home):
        say(line)
    return EXIT_OK


def _releases(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.release import list_releases

    found = list_releases(home)
    for item in reversed(found):
        mark = "*" if item.is_current else " "
        try:
            manifest = item.manifest()
        except StopError:
            say(f"{mark} {item.release_id}　清单已损坏，不能使用")
            continue
        rows = sum(table["row_count"] for table in manifest["tables"].values())
        say(f"{mark} {item.release_id}　截至 {manifest['as_of']}　"
            f"输入 {len(manifest['inputs'])} 个文件　{rows} 行")
    say("（* 为现行发布）" if found else "还没有发布。")
    return EXIT_OK


def _rollback(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.lock import hold
    from nightly.release import rollback

    with hold(home):
        left, live = rollback(home, arguments.release, say)
    say(f"已从 {left.release_id} 回到 {live.release_id}。")
    say("输入、参数和代码不变时，夜间任务不会自行恢复前者。")
    return EXIT_OK


def _query(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.analysis import compile_for, find_analysis, list_analyses
    from nightly.release import require_current

    if arguments.list:
        for analysis in list_analyses():
            say(f"{analysis.name}　{analysis.question}")
        return EXIT_OK
    if arguments.tables is not None:
        return _say_tables(home, arguments.tables)
    if arguments.columns is not None:
        return _say_columns(home, arguments.columns)
    if (arguments.sql is None) is (arguments.analysis is None):
        raise StopError(
            "要执行什么没有说清。",
            "写一句 SQL，或用 --analysis 指明一个分析（jixiao query --list 列出全部），只写一个。",
            EXIT_USAGE,
        )
    if arguments.analysis is None:
        return _answer(arguments, require_current(home), arguments.sql, [])
    chosen = find_analysis(arguments.analysis, list_analyses())
    release = require_current(home)
    words = [("问", chosen.question), ("读法", chosen.reading), ("注意", chosen.traps)]
    return _answer(arguments, release, compile_for(release.database, chosen), words)


def _answer(
    arguments: argparse.Namespace, release: Release, sql: str, words: list[tuple[str, str]]
) -> int:
    from rich.console import Console

    from nightly.query import DEFAULT_ROWS, ask, headings, to_csv, to_table

    wanted = _query_format(arguments)
    limit = arguments.limit
    if limit is None:
        limit = DEFAULT_ROWS if wanted == "table" else 0
    if arguments.out is not None:
        from nightly.answer_file import check_outside, write_answer

        check_outside(arguments.out, release.path.parent.parent)
        notes = [
            ("发布", release.release_id), ("数据截至", release.manifest()["as_of"]), *words,
            ("SQL", sql),
        ]
        count = write_answer(
            release.database, sql, arguments.out, wanted, limit or None, notes
        )
        say(f"已写出：{arguments.out}（{count} 行）")
        return EXIT_OK
    answer = ask(release.database, sql, limit or None)
    if wanted == "csv":
        sys.stdout.write(to_csv(answer))
        return EXIT_OK
    for heading, text in words:
        say(f"{heading}：{text}")
    heads = headings(release.database, sql, answer.columns)
    to_table(answer, Console(width=None if sys.stdout.isatty() else 400), heads)
    return EXIT_OK


def _words_of(release: Release) -> dict[str, TableWords]:
    from nightly.query import open_locked
    from nightly.release_words import read_words

    con = open_locked(release.database)
    try:
        return read_words(con)
    finally:
        con.close()


def _say_tables(home: Home, part: str) -> int:
    from nightly.release import require_current
    from nightly.release_words import WHICH_TABLES, find_tables

    found = find_tables(_words_of(require_current(home)), part)
    if not found:
        raise StopError(f"没有表的名称、说明或字段中有「{part}」。", WHICH_TABLES, EXIT_USAGE)
    for table in found:
        say(f"{table.name}　{table.name_zh}")
    say("一张表有哪些字段：jixiao query --columns 表名")
    return EXIT_OK


def _say_columns(home: Home, name: str) -> int:
    from nightly.release import require_current
    from nightly.release_words import find_table

    table = find_table(_words_of(require_current(home)), name)
    say(f"{table.name}　{table.name_zh}")
    say(table.description)
    for column, meaning in table.columns.items():
        say(f"  {column}　{meaning.data_type}　{meaning.description}")
    return EXIT_OK


def _query_format(arguments: argparse.Namespace) -> str:
    wanted = "csv" if arguments.csv else arguments.format
    if arguments.out is None:
        if wanted in ("xlsx", "parquet"):
            raise StopError(
                f"{wanted} 不能显示在屏幕上。", "用 --out 写明写到哪个文件。", EXIT_USAGE
            )
        return wanted or "table"
    if wanted == "table":
        raise StopError(
            "表格只能显示在屏幕上。", "写成文件用 --format csv、xlsx 或 parquet。", EXIT_USAGE
        )
    if wanted is None:
        from nightly.answer_file import format_of

        return format_of(arguments.out)
    return wanted


def _statement(arguments: argparse.Namespace, home: Home) -> int:
    from rich.console import Console

    from nightly.release import require_current
    from nightly.retention import note_statement
    from nightly.statement import print_table, read_statement
    from nightly.statement_folder import TABLE, default_folder, write_statement

    release = require_current(home)
    statement = read_statement(release, arguments.name, arguments.year)
    console = Console(width=None if sys.stdout.isatty() else 400)
    if arguments.format == TABLE:
        print_table(statement, console)
        return EXIT_OK
    folder = arguments.out or default_folder(home, statement)
    try:
        note_statement(home, release.release_id, statement.statement, statement.work_year)
    except OSError as error:
        say(f"注意：不能登记这份情况说明出自 {release.release_id}（{error.strerror}），"
            "该发布可能到期被清理；请由运行夜间任务的用户再运行一次。")
    say(f"正在写出 {statement.work_year} 年度的数字和来源清单，数据多时需要几分钟。")
    made = write_statement(statement, release, folder, arguments.format)
    print_table(statement, console, made.list_names)
    for path in made.files:
        say(f"已写出：{path}")
    say(f"已写出：{len(made.list_names)} 份来源清单，在 {made.path / 'lists'}")
    if made.missing:
        say(f"正文中有 {len(made.missing)} 个数字未能取得，列在文档末尾。")
    return EXIT_OK


def _doctor(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.doctor import BAD, examine

    findings = examine(home, arguments.deep)
    for finding in findings:
        say(finding.line())
    return EXIT_FAILURE if any(finding.state == BAD for finding in findings) else EXIT_OK


def _backup(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.backup import check_backups, make_backup, result_lines

    if arguments.check:
        count, damaged = check_backups(home, arguments.destination)
        for line in damaged:
            say(f"  {line}")
        if damaged:
            say(f"{count} 份备份中有 {len(damaged)} 处缺失或损坏，列在上面。")
            say(f"下一步：运行 jixiao backup {arguments.destination}，工作目录中还有的会重新复制。")
            return EXIT_KEPT_YESTERDAY
        say(f"{count} 份备份全部核对无误。")
        return EXIT_OK
    result = make_backup(home, arguments.destination)
    for line in result_lines(result):
        say(line)
    if result.backup.damaged:
        say("下一步：运行 jixiao doctor --deep 查明，并从以前的备份用 jixiao restore 取回。")
        return EXIT_KEPT_YESTERDAY
    return EXIT_OK


def _restore(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.backup_store import Store
    from nightly.restore import choose_backup, is_needed_to_run, restore

    store = Store(arguments.destination.expanduser().resolve())
    backup = choose_backup(store, arguments.backup, say)
    done = restore(store, backup, arguments.into, is_needed_to_run)
    say(f"已由备份 {backup.name} 恢复 {done.file_count} 个文件到 {done.into}，逐个核对过校验值。")
    if done.damaged:
        say(f"备份中有 {len(done.damaged)} 个文件缺失或损坏，没有恢复：")
        for path in done.damaged[:20]:
            say(f"  {path}")
        say("下一步：用 --backup 换一份较早的备份，或把缺的收件请原单位重报。")
        return EXIT_KEPT_YESTERDAY
    say(f"下一步：运行 jixiao doctor --home {done.into}；"
        "告警地址等在 .env 中，不在备份里，需要重写。")
    return EXIT_OK


def _restore_drill(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.restore_drill import QUICK, REBUILD, drill_lines, run_drill

    mode = REBUILD if arguments.rebuild else QUICK
    drill = run_drill(home, arguments.destination, arguments.into, mode, say)
    for line in drill_lines(drill):
        say(line)
    if drill.is_passed:
        return EXIT_OK
    say("下一步：运行 jixiao backup <备份目录> --check 找出损坏的备份，再备份一次，然后重新演练。")
    return EXIT_KEPT_YESTERDAY


def _watch(arguments: argparse.Namespace, home: Home) -> int:
    from nightly.watch import send_test, watch

    seen = send_test(home) if arguments.test else watch(home, arguments.dry_run)
    for line in seen.lines:
        say(line)
    if seen.outcome.failed:
        return EXIT_FAILURE
    return EXIT_KEPT_YESTERDAY if seen.problems else EXIT_OK


def _draw_freeze(arguments: argparse.Namespace, home: Home) -> int:
    from nightly import draw
    from nightly.lock import hold

    with hold(home):
        made = draw.freeze(
            home, arguments.frame, arguments.year, arguments.as_of, arguments.reason
        )
    record = made.frame_record()
    say(f"总体已冻结：{made.draw_id}，{record['project_count']} 个项目，"
        f"其中推荐 {record['recommended_count']} 个")
    say(f"校验值（请在种子产生之前公布）：{record['frame_sha256']}")
    say(f"位置：{made.path}")
    return EXIT_OK


def _draw_reveal(arguments: argparse.Namespace, home: Home) -> int:
    from nightly import draw
    from nightly.lock import hold

    with hold(home):
        made = draw.reveal(
            home, arguments.draw, arguments.seed, arguments.seed_source, arguments.as_of
        )
    say(f"种子已记录，证书：{made.path / 'certificate.txt'}")
    say("下次夜间任务（jixiao nightly）会把抽检名单写入发布。")
    return EXIT_OK


def _draw_list(arguments: argparse.Namespace, home: Home) -> int:
    from nightly import draw, draw_lists
    from nightly.lock import hold
    from nightly.release import current_release

    if arguments.draw is None:
        found = draw.list_draws(home)
        for item in found:
            record = item.frame_record()
            state = (
                f"种子 {item.reveal_record()['seed']}" if item.is_revealed else "种子未公布"
            )
            say(f"{item.draw_id}　冻结于 {record['frozen_at']}　"
                f"{record['project_count']} 个项目　{state}")
        if not found:
            say("还没有抽检记录。")
        return EXIT_OK
    with hold(home):
        folder = draw_lists.write_draw_lists(
            draw.find_draw(home, arguments.draw),
            draw_lists.bureau_names(current_release(home)),
            draw_lists.confidential_projects(current_release(home)),
        )
    say(f"抽检清单：{folder}")
    return EXIT_OK


def _draw_verify(arguments: argparse.Namespace, home: Home) -> int:
    from nightly import draw

    draw_id, problems = draw.verify(home, arguments.target)
    for line in problems:
        say(f"  {line}")
    say(f"{draw_id}：{'与记录不一致' if problems else '核对一致，名单可以重复得到'}")
    return EXIT_KEPT_YESTERDAY if problems else EXIT_OK


# --- arguments ----------------------------------------------------------------------------------


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of the command.

    Returns:
        A parser whose result has `run`, the function of the subcommand.
    """
    from ingest.findings import STEPS
    from simulate.calibration import statement_names

    parser = _Parser(
        prog="jixiao",
        description="绩效数据仓库：接收各财政部门报送的导出文件，每夜生成可供 BI 读取的发布。",
        epilog=EPILOG,
    )
    parser.add_argument(
        "--jurisdiction", default=None, metavar="管辖区",
        help="为哪个管辖区运行：xinjiang、zhejiang、qingdao、kunming-edz、urumqi-htz",
    )
    parser.add_argument(
        "--home", type=Path, metavar="目录",
        help="工作目录（默认 var/，也可用环境变量 JIXIAO_HOME）",
    )
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)

    def add(
        name: str,
        run: Callable[[argparse.Namespace, Home], int],
        words: str,
        to: argparse._SubParsersAction = commands,
        has_date: bool = False,
    ) -> argparse.ArgumentParser:
        child = to.add_parser(name, help=words, description=words, epilog=EPILOG)
        child.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar="目录",
            help="工作目录（默认 var/，也可用环境变量 JIXIAO_HOME）",
        )
        child.add_argument(
            "--jurisdiction", default=argparse.SUPPRESS, metavar="管辖区",
            help="为哪个管辖区运行（默认取工作目录的，否则 xinjiang）",
        )
        child.add_argument("--debug", action="store_true", help="出错时显示完整的调用过程")
        if has_date:
            child.add_argument(
                "--as-of", type=_date, default=None, metavar="日期",
                help="以这一天为准（默认今天）；全部计算只看这个日期",
            )
        child.set_defaults(run=run)
        return child

    demo = add("demo", _demo, "模拟一个地区，运行一夜，做一次抽检，并说明到哪里看结果")
    demo.add_argument("--scale", type=_scale, default=0.02, metavar="规模",
                      help="占公布规模的比例（默认 0.02）")
    demo.add_argument("--seed", type=int, default=2020, metavar="种子", help="模拟用的种子")

    simulate = add("simulate", _simulate, "把一个地区的报送写成真实的导出文件")
    simulate.add_argument("out", type=Path, metavar="输出目录", help="写到哪里")
    simulate.add_argument("--statement", default="xinjiang-2020", metavar="情况说明",
                          help=f"按哪一份公布的情况说明校准：{'、'.join(statement_names())}")
    simulate.add_argument("--scale", type=_scale, default=1.0, metavar="规模",
                          help="占公布规模的比例（默认 1）")
    simulate.add_argument("--seed", type=int, default=2020, metavar="种子", help="模拟用的种子")
    simulate.add_argument("--faults", default="default", choices=("plain", "default", "heavy"),
                          help="有毛病的文件：没有、有一些（默认）、很多并有漏报")
    simulate.add_argument("--indicator-share", type=_scale, default=1.0, metavar="比例",
                          help="带指标的项目占比（默认 1）；小于 1 时其余项目只有项目行")

    nightly = add("nightly", _nightly, "运行一夜：接收、读取、把关、计算、审计、发布、反馈",
                  has_date=True)
    nightly.add_argument("--inbox", type=Path, required=True, metavar="目录",
                         help="收件目录，其下每个财政部门一个文件夹，以 6 位区划代码开头")

    receive = add("receive", _step("receive"), "只做一步：接收收件目录中的新文件", has_date=True)
    receive.add_argument("--inbox", type=Path, required=True, metavar="目录", help="收件目录")
    for name, words in (
        ("load", "只做一步：读取已接收的文件入库，并经过质量关口"),
        ("gate", "只做一步：质量关口"),
        ("build", "只做一步：计算各层表并检验"),
        ("audit", "只做一步：发布前审计"),
        ("release", "只做一步：制作发布并切换上线"),
        ("report", "只做一步：写出退给各财政部门的问题清单"),
    ):
        step = add(name, _step(name), words, has_date=True)
        if name == "release":
            step.add_argument("--accept", action="store_true",
                              help="确认并发布因变动超过限度而暂缓的那一份")
            step.add_argument("--reason", default="", metavar="理由",
                              help="确认的理由，记入发布的 manifest.json 和发布说明")

    check = add("check", _check, "报送之前先检查导出文件（不需要数据仓库）", has_date=True)
    check.add_argument("files", type=Path, nargs="+", metavar="文件", help="要检查的导出文件")
    check.add_argument("--bureau", default=None, metavar="代码", help="本财政部门的 6 位区划代码"
                            "（默认取文件所在的以代码开头的文件夹）")
    check.add_argument("--fast", action="store_true",
                       help="只查文件、表头和单元格，不查行间、表间的规则（几秒钟）")
    check.add_argument("--out", type=Path, default=None, metavar="文件",
                       help="写出标注了问题的副本：一个 xlsx 文件；检查多个文件时为文件夹")

    add("status", _status, "现行发布、最近几夜的情况、谁还没报")
    add("releases", _releases, "列出现有的发布")
    rollback = add("rollback", _rollback, "回到以前的发布")
    rollback.add_argument("release", nargs="?", default=None, metavar="发布编号",
                          help="默认为现行发布的前一个")

    query = add("query", _query, "对现行发布提问（只读，不能访问其他文件）")
    query.add_argument("sql", nargs="?", default=None, metavar="SQL", help="要执行的语句")
    query.add_argument("--analysis", default=None, metavar="名称",
                       help="执行一个现成的分析（analyses/ 中的一个）")
    query.add_argument("--list", action="store_true", help="列出全部分析和它们回答的问题")
    query.add_argument("--tables", nargs="?", const="", default=None, metavar="词",
                       help="列出发布中的表；写一个词，只列名称、说明或字段中有它的")
    query.add_argument("--columns", default=None, metavar="表名",
                       help="一张表每行是什么、有哪些字段、各是什么意思")
    query.add_argument("--format", default=None, choices=("table", "csv", "xlsx", "parquet"),
                       help="输出格式（默认按 --out 的文件名，否则显示为表格）")
    query.add_argument("--out", type=Path, default=None, metavar="文件",
                       help="写到文件：.csv、.xlsx 或 .parquet")
    query.add_argument("--csv", action="store_true", help="同 --format csv")
    query.add_argument("--limit", type=int, default=None, metavar="行数",
                       help="最多多少行，0 为全部（默认：显示 200 行，写文件和 csv 为全部）")

    statement = add(
        "statement", _statement,
        "年度情况说明：列出全部数字，写出 Word 文稿、数字表和每个数字的来源清单",
    )
    statement.add_argument("name", metavar="情况说明",
                           help="xinjiang-2020、zhejiang-2021、qingdao-2022、"
                                "kunming-edz-2021 或 urumqi-htz-2022")
    statement.add_argument("--year", type=int, default=None, metavar="年度",
                           help="工作年度（默认最近的一年）")
    statement.add_argument("--out", type=Path, default=None, metavar="目录",
                           help="写到哪里（默认 <工作目录>/reports/statements/<情况说明>-<年度>/）")
    statement.add_argument("--format", default="all", choices=("table", "docx", "xlsx", "all"),
                           help="table 只显示；docx 文稿和清单；xlsx 数字表和清单；"
                                "all 全部（默认）")

    rules = commands.add_parser(
        "rules", help="规则：列出全部规则；试查一条规则会影响谁",
        description="规则目录：每条规则查什么、在哪一环节、由哪里执行；试查不改变任何结果。",
        epilog=EPILOG,
    ).add_subparsers(title="命令", metavar="命令", required=True)
    listed = add("list", _rules_list, "列出规则目录", rules)
    listed.add_argument("--step", default=None, choices=STEPS,
                        help="只列出在这一环节发现的：file、header、cell、row、form、"
                             "cross_form、cross_round、cross_tier")
    listed.add_argument("--status", default=None, choices=("active", "suspended", "handled"),
                        help="只列出这种状态的")
    tried = add("dry-run", _rules_dry_run, "试查：规则在现有有效报送中会影响谁", rules)
    tried.add_argument("rule", metavar="规则编号")
    tried.add_argument("--share", type=_scale, default=None, metavar="比例",
                       help="问题行达到此比例时退回（默认按规则目录，未规定的有问题即退回）")
    tried.add_argument("--limit", type=int, default=50, metavar="份数", help="最多列出多少份报送")

    doctor = add("doctor", _doctor,
                 "检查版本、磁盘、收件、发布、权限、定时任务、告警和备份，说明怎样修复")
    doctor.add_argument("--deep", action="store_true",
                        help="逐个核对全部收件和全部发布的内容（几分钟），默认只比大小")

    watch = add("watch", _watch, "夜间任务失败、没有运行或备份过期时发出告警（由定时器每小时运行）")
    watch.add_argument("--dry-run", action="store_true", help="只显示将发送什么，不发送")
    watch.add_argument("--test", action="store_true", help="向每个告警地址发一条测试消息")

    backup = add("backup", _backup, "备份收件、抽检、发布和台账（只复制备份中还没有的内容）")
    backup.add_argument("destination", type=Path, metavar="备份目录",
                        help="另一块盘或挂载的共享目录，不能在工作目录之内")
    backup.add_argument("--check", action="store_true", help="不备份，逐个核对已有备份的内容")
    restore = add("restore", _restore, "由备份恢复到一个空目录")
    restore.add_argument("destination", type=Path, metavar="备份目录")
    restore.add_argument("--into", type=Path, required=True, metavar="目录", help="恢复到哪里")
    restore.add_argument("--backup", default=None, metavar="备份名",
                         help="哪一份备份（名称的开头即可，如 20260301；默认最近的一份）")
    drill = add("restore-drill", _restore_drill, "恢复演练：在别处恢复最近的备份并核对各表")
    drill.add_argument("destination", type=Path, metavar="备份目录")
    drill.add_argument("--into", type=Path, default=None, metavar="目录",
                       help="在哪里恢复，演练后保留（默认在工作目录中，演练后删除）")
    drill.add_argument("--rebuild", action="store_true",
                       help="再由收件和抽检重建一次，与发布的各表核对（时间与一夜的任务相当）")

    draws = commands.add_parser(
        "draw", help="抽检：冻结总体、公布种子、生成清单、核对",
        description="抽检：先冻结并公布总体，再公布种子；名单由两者唯一确定，任何人都能核对。",
        epilog=EPILOG,
    ).add_subparsers(title="命令", metavar="命令", required=True)
    freeze = add("freeze", _draw_freeze, "冻结抽样总体并给出应公布的校验值", draws, has_date=True)
    freeze.add_argument("--frame", required=True,
                        choices=("goal", "monitoring", "self_evaluation"),
                        help="总体：应有绩效目标、监控或自评的项目")
    freeze.add_argument("--year", type=int, required=True, metavar="年度", help="预算年度")
    freeze.add_argument("--reason", default="", metavar="理由",
                        help="同一总体再次抽取时必须写明的理由")
    reveal = add("reveal", _draw_reveal, "记录公开产生的种子（只能一次）", draws, has_date=True)
    reveal.add_argument("draw", metavar="抽取编号")
    reveal.add_argument("--seed", required=True, metavar="种子", help="总体公布之后公开产生的数字")
    reveal.add_argument("--seed-source", required=True, metavar="来源",
                        help="种子的出处和见证人")
    listing = add("list", _draw_list, "列出抽检记录；给出编号时生成各财政部门的清单", draws)
    listing.add_argument("draw", nargs="?", default=None, metavar="抽取编号")
    verify = add("verify", _draw_verify, "重新计算并核对一次抽取", draws)
    verify.add_argument("target", metavar="抽取编号或证书",
                        help="抽取编号，或 certificate.json 的路径")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: arguments; by default those of the process.

    Returns:
        The exit code (see `EXIT_CODES_ZH`).
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = make_parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if arguments.debug else logging.WARNING,
        format="%(levelname)s %(name)s %(message)s",
    )
    # a log that cannot be written (a full disk) is no reason to show people where in the code
    logging.raiseExceptions = arguments.debug
    home = find_home(arguments.home)
    os.umask(PRIVATE_UMASK)
    try:
        with _stops_when_asked():
            use_environment_file(home)
            choose_jurisdiction(home, arguments.jurisdiction)
            if getattr(arguments, "as_of", date.min) is None:
                arguments.as_of = date.today()
                if hasattr(arguments, "inbox"):  # what is received is dated for ever
                    believe_clock(home, arguments.as_of)
            return arguments.run(arguments, home)
    except StopError as stop:
        return _say_stop(stop, arguments.debug)
    except TerminatedError:
        sys.stderr.write("收到停止信号，已停止；现行发布不受影响，下次运行会接着完成。\n")
        return EXIT_TERMINATED
    except KeyboardInterrupt:
        sys.stderr.write("已中断；现行发布不受影响，下次运行会接着完成。\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_OK
    except Exception as error:
        return _say_stop(_stop_of(error), arguments.debug)


MACHINE_ZH = {
    errno.EROFS: "磁盘是只读的，写不进",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: "网络磁盘已断开",
    errno.EMFILE: "同时打开的文件太多，打不开",
    errno.ENFILE: "同时打开的文件太多，打不开",
}
"""What the machine does to a command, by the number of the operating system."""


@contextmanager
def _stops_when_asked() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that everything open is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signal_number: int, frame: object) -> None:
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop_of(error: Exception) -> StopError:
    from ingest.landing import UnreadableReceiptError

    if is_no_room(error):
        return no_room()
    if isinstance(error, UnreadableReceiptError):
        return StopError(
            f"{error}；现行发布不受影响。",
            "由备份恢复到别处（jixiao restore），放回其中的这个文件，再运行 jixiao doctor --deep。",
        )
    if isinstance(error, OSError) and error.errno in MACHINE_ZH:
        return StopError(
            f"{MACHINE_ZH[error.errno]}：{error.filename or error.strerror}；现行发布不受影响。",
            "检查磁盘和挂载（dmesg、mount），修好后重新运行；已接收的文件不会丢失。",
        )
    if isinstance(error, PermissionError):
        return StopError(f"没有权限：{error.filename}。", "检查目录的所有者和权限。")
    return StopError(
        f"本系统出现故障（{type(error).__name__}: {error}）；现行发布不受影响。",
        "加上 --debug 重新运行可以看到详情；jixiao doctor 检查环境。",
    )


def _say_stop(stop: StopError, is_debug: bool) -> int:
    if is_debug:
        logging.getLogger(__name__).error("详情", exc_info=True)
    sys.stderr.write(f"{stop.message}\n下一步：{stop.next_step}\n")
    return stop.exit_code


if __name__ == "__main__":
    sys.exit(main())
