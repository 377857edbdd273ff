"""Questions that analysts ask, as SQL on the marts: named, put in words, run on every release.

A file of `analyses/` opens with comment lines: `问：` the question, `读法：` how to read the
answer, `注意：` its traps. The SQL below names tables by dbt's `ref`, so dbt compiles it too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import jinja2

from nightly.errors import EXIT_KEPT_YESTERDAY, EXIT_USAGE, StopError
from nightly.release import SCHEMAS, open_release
from nightly.settings import CODE_ROOT
from nightly.tables import list_tables

FOLDER = CODE_ROOT / "analyses"
# the one macro of ours that analyses use: the quotient
SHARED_MACROS = CODE_ROOT / "macros" / "portable" / "ratio.sql"
SHOWN_FAILURES = 12
PARTS = {"问：": "question", "读法：": "reading", "注意：": "traps"}
COMMENT = re.compile(r"--\s?(.*)")


class UnknownTableError(Exception):
    """An analysis names a table that is not published."""


@dataclass(frozen=True)
class Analysis:
    """A question and the SQL that answers it.

    Attributes:
        name: of its file.
        question: what is asked.
        reading: how to read the answer.
        traps: what goes wrong easily.
        template: comments and SQL, with dbt's `ref`.
    """

    name: str
    question: str
    reading: str
    traps: str
    template: str


def parse_analysis(name: str, text: str) -> Analysis:
    """Take an analysis out of its file.

    Args:
        name: of the analysis.
        text: of the file.

    Returns:
        The analysis; a part that the comment does not have is ''.
    """
    parts: dict[str, str] = dict.fromkeys(PARTS.values(), "")
    current = ""
    for line in text.splitlines():
        comment = COMMENT.fullmatch(line)
        if comment is None:
            break
        words = comment[1].strip()
        opening = next((sign for sign in PARTS if words.startswith(sign)), "")
        if opening:
            current, words = PARTS[opening], words.removeprefix(opening)
        if current:
            parts[current] += words
    return Analysis(name, **parts, template=text)


def list_analyses(folder: Path = FOLDER) -> list[Analysis]:
    """Read every analysis.

    Args:
        folder: where they are.

    Returns:
        Analyses by name.
    """
    return [
        parse_analysis(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
    ]


def find_analysis(name: str, analyses: Sequence[Analysis]) -> Analysis:
    """The analysis of a name.

    Args:
        name: as asked for.
        analyses: to choose from.

    Returns:
        The analysis.

    Raises:
        StopError: there is none of that name.
    """
    for analysis in analyses:
        if analysis.name == name:
            return analysis
    near = difflib.get_close_matches(name, [analysis.name for analysis in analyses], n=3)
    near = near or [
        analysis.name for analysis in analyses if name in analysis.name + analysis.question
    ][:3]
    raise StopError(
        f"没有名为 {name} 的分析{'；相近的有 ' + '、'.join(near) if near else ''}。",
        "运行 jixiao query --list 查看全部分析。",
        EXIT_USAGE,
    )


def published_tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Which tables a release holds, or a warehouse would publish.

    Args:
        con: an open connection.

    Returns:
        Schema by table.
    """
    return {table: schema for schema, table in list_tables(con, SCHEMAS)}


def compile_sql(analysis: Analysis, tables: Mapping[str, str]) -> str:
    """Put the tables of a release into an analysis.

    Args:
        analysis: the analysis.
        tables: schema by table.

    Returns:
        SQL for any client, comments included.

    Raises:
        UnknownTableError: it names a table that is not published.
    """

    def ref(table: str) -> str:
        if table not in tables:
            raise UnknownTableError(f"所用的表 {table} 不在发布中")
        return f"{tables[table]}.{table}"

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    macros = environment.from_string(SHARED_MACROS.read_text(encoding="utf-8")).module
    template = environment.from_string(analysis.template)
    return template.render(ref=ref, ratio=macros.ratio).rstrip() + "\n"


def compile_for(database: Path, analysis: Analysis) -> str:
    """Put the tables of one release into an analysis.

    Args:
        database: the release's DuckDB file.
        analysis: the analysis.

    Returns:
        SQL for any client, comments included.

    Raises:
        StopError: the release does not hold a table of it.
    """
    con = open_release(database)
    try:
        return compile_sql(analysis, published_tables(con))
    except UnknownTableError as error:
        raise StopError(
            f"分析 {analysis.name} 不能在现行发布上执行：{error}。",
            "现行发布由较早的版本制作，下次夜间任务之后即可执行。",
            EXIT_USAGE,
        ) from error
    finally:
        con.close()


def find_broken(
    con: duckdb.DuckDBPyConnection, analyses: Sequence[Analysis]
) -> list[tuple[str, str]]:
    """Run analyses and note those that fail; of an answer, only the first row is fetched.

    Args:
        con: a release or what is to become one.
        analyses: which.

    Returns:
        Name and reason of each that does not run.
    """
    tables = published_tables(con)
    broken = []
    for analysis in analyses:
        try:
            con.execute(compile_sql(analysis, tables)).fetchmany(1)
        except (duckdb.Error, jinja2.TemplateError, UnknownTableError) as error:
            lines = str(error).strip().splitlines()
            broken.append((analysis.name, lines[0] if lines else type(error).__name__))
    return broken


def judge_analyses(database: Path, analyses: Sequence[Analysis]) -> int:
    """Hold a release on which an analysis does not run.

    Args:
        database: what is to be released; nobody has it open for writing.
        analyses: which must run.

    Returns:
        How many ran.

    Raises:
        StopError: one does not run; yesterday's release stays.
    """
    con = open_release(database)
    try:
        broken = find_broken(con, analyses)
    finally:
        con.close()
    if not broken:
        return len(analyses)
    lines = [f"  分析 {name}：{reason}" for name, reason in broken[:SHOWN_FAILURES]]
    if len(broken) > SHOWN_FAILURES:
        lines.append(f"  …… 另有 {len(broken) - SHOWN_FAILURES} 个。")
    raise StopError(
        f"有 {len(broken)} 个分析不能在这一结果上执行，沿用上一发布：\n" + "\n".join(lines),
        "改正 analyses/ 中相应的 SQL，或恢复它所用的表和字段，再运行 jixiao nightly。",
        EXIT_KEPT_YESTERDAY,
    )


def write_analyses(database: Path, folder: Path, analyses: Sequence[Analysis]) -> list[Path]:
    """Write analyses as SQL that any client opens.

    Args:
        database: the release's DuckDB file.
        folder: where to write; created.
        analyses: which; each must name published tables only.

    Returns:
        One file per analysis.
    """
    con = open_release(database)
    try:
        tables = published_tables(con)
    finally:
        con.close()
    folder.mkdir()
    written = []
    for analysis in analyses:
        path = folder / f"{analysis.name}.sql"
        path.write_text(compile_sql(analysis, tables), encoding="utf-8")
        written.append(path)
    return written
