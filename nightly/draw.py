"""Sampling draws as an append-only record: a frame is frozen and published, then a seed revealed.

`draws/<draw_id>/` gains files and never loses or changes one: `frame.csv` and `frame.json` when the
frame is frozen, `reveal.json`, `certificate.json` and `certificate.txt` when the seed is known,
`lists/` when workbooks are asked for. A draw has one frame and one seed; another look at the same
projects is another draw with a stated reason, and both stay on record.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest import jurisdiction
from nightly import draw_ticket
from nightly.errors import EXIT_USAGE, StopError
from nightly.formula_text import marked, unmarked
from nightly.release import Release, open_release, require_current, sync_folder
from nightly.settings import CODE_ROOT, Home
from nightly.thresholds import THRESHOLDS, thresholds_of

csv.field_size_limit(2**27)  # a sender may write a book into a cell

FRAME_KINDS = ("goal", "monitoring", "self_evaluation")
FRAME_FIELDS = (
    "bureau_code", "fiscal_year", "project_code", "project_name", "unit_name", "amount_cny",
    "is_recommended", "recommend_reason",
)
STAGE_SCOPE = CODE_ROOT / "seeds" / "parameters" / "param_stage_scope.csv"
DEFAULT_RATE = "0.10"

# Registered projects within the scope of the stage, done or not; the scope is a dated parameter.
FRAME_SQL = """
with

recommended as (
    select distinct bureau_code, fiscal_year, project_code, '连续两次预警' as reason, 1 as place
    from marts.mart_consecutive_warning
    union all
    select distinct bureau_code, fiscal_year, project_code, '三表一致性未通过', 2
    from marts.mart_form_consistency
    where verdict = 'fail'
    union all
    select distinct bureau_code, fiscal_year, project_code, '自评得分偏低', 3
    from marts.mart_self_evaluation
    where is_below_80
),

reasons as (
    select
        bureau_code, fiscal_year, project_code,
        string_agg(reason, '；' order by place) as recommend_reason
    from recommended
    group by all
)

select
    fct_project.bureau_code,
    fct_project.fiscal_year,
    fct_project.project_code,
    coalesce(fct_project.project_name, ''),
    coalesce(fct_project.unit_name, ''),
    case
        when ? = 'initial_budget' then fct_project.initial_budget_cny
        else fct_project.annual_budget_cny
    end::decimal(20, 2),
    reasons.project_code is not null,
    coalesce(reasons.recommend_reason, '')
from marts.fct_project
left join reasons using (bureau_code, fiscal_year, project_code)
where
    fct_project.fiscal_year = ? and fct_project.is_registered
    and not exists (
        select 1 from (select unnest(?::varchar[]) as tag) as excluded_tags
        where contains(fct_project.tags, excluded_tags.tag)
    )
    and not exists (
        select 1 from (select unnest(?::varchar[]) as prefix) as excluded_categories
        where starts_with(fct_project.project_category, excluded_categories.prefix)
    )
order by fct_project.bureau_code, fct_project.project_code
"""
COUNT_SQL = """
select bureau_code, max(due_project_count)
from marts.mart_stage_coverage
where stage = ? and fiscal_year = ? and scope = 'own' and fund_type = 'all'
    and due_project_count > 0
group by bureau_code
"""


@dataclass(frozen=True)
class FrameRow:
    """A project that should exist at the stage the draw is about.

    Attributes:
        bureau_code: stratum.
        fiscal_year: 预算年度.
        project_code: project.
        project_name: as in the register.
        unit_name: as in the register.
        amount_cny: budget in yuan as decimal text, '' where unknown.
        is_recommended: a recommended pick.
        recommend_reason: why, in Chinese.
    """

    bureau_code: str
    fiscal_year: int
    project_code: str
    project_name: str
    unit_name: str
    amount_cny: str
    is_recommended: bool
    recommend_reason: str

    @property
    def key(self) -> tuple[str, int, str]:
        """Bureau, year and project."""
        return (self.bureau_code, self.fiscal_year, self.project_code)


@dataclass(frozen=True)
class Draw:
    """A draw on record.

    Attributes:
        draw_id: `<frame kind>-<year>-<number>`.
        path: its folder.
    """

    draw_id: str
    path: Path

    @property
    def is_revealed(self) -> bool:
        """Whether the seed is known."""
        return (self.path / "reveal.json").is_file()

    def frame_record(self) -> dict[str, Any]:
        """What was published when the frame was frozen."""
        return json.loads((self.path / "frame.json").read_text(encoding="utf-8"))

    def reveal_record(self) -> dict[str, Any]:
        """The seed and where it came from."""
        return json.loads((self.path / "reveal.json").read_text(encoding="utf-8"))

    def frame(self) -> list[FrameRow]:
        """The frozen frame."""
        with (self.path / "frame.csv").open(encoding="utf-8", newline="") as handle:
            return [
                FrameRow(
                    **{
                        **{name: unmarked(text) for name, text in row.items()},
                        "fiscal_year": int(row["fiscal_year"]),
                        "is_recommended": row["is_recommended"] == "true",
                    }
                )
                for row in csv.DictReader(handle)
            ]


def list_draws(home: Home) -> list[Draw]:
    """Draws on record, by id.

    Args:
        home: the installation.

    Returns:
        Every draw whose frame is frozen.
    """
    return [
        Draw(path.parent.name, path.parent) for path in sorted(home.draws.glob("*/frame.json"))
        if not path.parent.name.startswith(".")
    ]


def find_draw(home: Home, draw_id: str) -> Draw:
    """A draw by its id.

    Args:
        home: the installation.
        draw_id: its id.

    Returns:
        The draw.

    Raises:
        StopError: there is none of that id.
    """
    draw = next((item for item in list_draws(home) if item.draw_id == draw_id), None)
    if draw is None:
        known = "、".join(item.draw_id for item in list_draws(home)) or "（无）"
        raise StopError(
            f"没有冻结过的抽样总体：{draw_id}。",
            f"先运行 jixiao draw freeze；现有：{known}。",
            EXIT_USAGE,
        )
    return draw


def sample_rate(fiscal_year: int, path: Path = THRESHOLDS) -> str:
    """The share to draw in a budget year.

    Args:
        fiscal_year: 预算年度.
        path: dated parameters.

    Returns:
        `sample.rate` as decimal text.
    """
    return thresholds_of(fiscal_year, path).get("sample.rate", DEFAULT_RATE)


def _is_valid_in(row: dict[str, str], fiscal_year: int) -> bool:
    first, last = int(row["valid_from_year"] or 0), int(row["valid_to_year"] or 9999)
    return first <= fiscal_year <= last


@dataclass(frozen=True)
class StageScope:
    """Which registered projects a stage is owed by.

    Attributes:
        amount_basis: initial_budget or annual_budget.
        excluded_tags: projects whose tags contain one of these do not owe it.
        excluded_categories: nor do those whose category starts so.
    """

    amount_basis: str
    excluded_tags: list[str]
    excluded_categories: list[str]


def stage_scope(stage: str, fiscal_year: int, path: Path = STAGE_SCOPE) -> StageScope:
    """Read the scope of a stage from the dated parameters.

    Args:
        stage: goal, monitoring or self_evaluation.
        fiscal_year: 预算年度.
        path: dated parameters.

    Returns:
        The scope; without a row for all, every project at its annual budget.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        rows = jurisdiction.own_rows(
            list(csv.DictReader(handle)), jurisdiction.current(), "stage"
        )
    rows = [row for row in rows if row["stage"] == stage and _is_valid_in(row, fiscal_year)]
    return StageScope(
        next((row["amount_basis"] for row in rows if row["rule_type"] == "all"), "annual_budget"),
        [row["value"] for row in rows if row["rule_type"] == "exclude_tag"],
        [row["value"] for row in rows if row["rule_type"] == "exclude_category"],
    )


def read_frame(release: Release, frame_kind: str, fiscal_year: int) -> list[FrameRow]:
    """What should exist at a stage, from a release.

    Args:
        release: the release to read.
        frame_kind: one of `FRAME_KINDS`.
        fiscal_year: 预算年度.

    Returns:
        Rows by bureau and project code.

    Raises:
        StopError: the frame is not what the coverage table says is due.
    """
    scope = stage_scope(frame_kind, fiscal_year)
    con = open_release(release.database)
    try:
        rows = con.execute(
            FRAME_SQL,
            [scope.amount_basis, fiscal_year, scope.excluded_tags, scope.excluded_categories],
        ).fetchall()
        stated = dict(con.execute(COUNT_SQL, [frame_kind, fiscal_year]).fetchall())
    finally:
        con.close()
    found = dict(Counter(row[0] for row in rows))
    if stated and stated != found:
        differing = sorted(
            bureau for bureau in {*stated, *found} if stated.get(bureau) != found.get(bureau)
        )
        raise StopError(
            f"抽样总体与全覆盖统计表的应报项目数不一致：{'、'.join(differing[:5])} 等"
            f" {len(differing)} 个财政部门。",
            "参数表可能在本次发布之后改过；先运行一次 jixiao nightly 再冻结。",
        )
    return sorted(
        (
            FrameRow(
                bureau, year, project, name, unit, "" if amount is None else str(amount),
                bool(is_recommended), reason,
            )
            for bureau, year, project, name, unit, amount, is_recommended, reason in rows
        ),
        key=lambda row: (row.bureau_code, row.project_code),
    )


def freeze(
    home: Home, frame_kind: str, fiscal_year: int, as_of: date, reason: str = ""
) -> Draw:
    """Freeze a frame from the live release and publish its hash.

    Args:
        home: the installation.
        frame_kind: one of `FRAME_KINDS`.
        fiscal_year: 预算年度.
        as_of: the date of freezing.
        reason: why there is another draw of the same frame; required then.

    Returns:
        The draw, without a seed.

    Raises:
        StopError: no release, an empty frame, or an unexplained repetition.
    """
    release = require_current(home)
    earlier = [
        draw.draw_id for draw in list_draws(home)
        if draw.draw_id.startswith(f"{frame_kind}-{fiscal_year}-")
    ]
    if earlier and not reason.strip():
        raise StopError(
            f"{fiscal_year} 年度这一总体已经抽过：{'、'.join(earlier)}。",
            "补充抽取另行记录，请用 --reason 写明理由；原有抽取不会被替换。",
            EXIT_USAGE,
        )
    rows = read_frame(release, frame_kind, fiscal_year)
    if not rows:
        raise StopError(
            f"现行发布 {release.release_id} 中没有 {fiscal_year} 年度应有的项目。",
            "检查 --year，或先运行 jixiao nightly 接收该年度的项目清单。",
            EXIT_USAGE,
        )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(FRAME_FIELDS)
    for row in rows:
        writer.writerow(
            [
                row.bureau_code, row.fiscal_year, marked(row.project_code),
                marked(row.project_name), marked(row.unit_name), row.amount_cny,
                "true" if row.is_recommended else "false",
                row.recommend_reason,
            ]
        )
    draw_id = f"{frame_kind}-{fiscal_year}-{len(earlier) + 1:02d}"
    record = {
        "draw_id": draw_id,
        "frame_kind": frame_kind,
        "fiscal_year": fiscal_year,
        "frozen_at": as_of.isoformat(),
        "release_id": release.release_id,
        "rate": sample_rate(fiscal_year),
        "method": draw_ticket.METHOD,
        "method_zh": draw_ticket.METHOD_ZH,
        "reason": reason.strip(),
        "project_count": len(rows),
        "amount_cny": str(sum((Decimal(row.amount_cny or 0) for row in rows), Decimal(0))),
        "recommended_count": sum(row.is_recommended for row in rows),
        "bureau_counts": dict(sorted(Counter(row.bureau_code for row in rows).items())),
        "frame_sha256": draw_ticket.frame_hash(row.key for row in rows),
    }
    draft = home.draws / f".tmp-{draw_id}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    write_once(draft / "frame.csv", buffer.getvalue())
    write_once(draft / "frame.json", json.dumps(record, ensure_ascii=False, indent=1))
    os.rename(draft, home.draws / draw_id)
    sync_folder(home.draws)
    return Draw(draw_id, home.draws / draw_id)


def write_once(path: Path, text: str) -> None:
    """Write a file that must not exist yet, whole or not at all, and take write permission off it.

    Args:
        path: the file.
        text: its content.

    Raises:
        FileExistsError: it exists.
    """
    aside = path.with_name(f".tmp-{path.name}")
    with aside.open("w", encoding="utf-8", newline="") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    aside.chmod(0o440)
    try:
        os.link(aside, path)  # unlike a rename, refuses to replace
    finally:
        aside.unlink()
    sync_folder(path.parent)


def check_frame(draw: Draw) -> list[FrameRow]:
    """Read a frame and make sure it is the one that was published.

    Args:
        draw: the draw.

    Returns:
        The frame.

    Raises:
        StopError: the frame on disk is not the published one.
    """
    rows = draw.frame()
    published = draw.frame_record()["frame_sha256"]
    found = draw_ticket.frame_hash(row.key for row in rows)
    if found != published:
        raise StopError(
            f"{draw.draw_id} 的抽样总体与冻结时公布的校验值不符"
            f"（公布 {published}，实为 {found}）。",
            "冻结后的总体不得改动；请从备份恢复 frame.csv，或说明理由后重新冻结一次。",
        )
    return rows


def reveal(home: Home, draw_id: str, seed: str, seed_source: str, as_of: date) -> Draw:
    """Record the seed of a frozen frame, once, and write the certificate.

    Args:
        home: the installation.
        draw_id: the draw.
        seed: from an event nobody controls, later than the frame.
        seed_source: which event, and who was there.
        as_of: the date the seed became known.

    Returns:
        The draw with its seed.

    Raises:
        StopError: no frame, a seed earlier than the frame, or a seed already on record.
    """
    draw = find_draw(home, draw_id)
    seed, seed_source = seed.strip(), seed_source.strip()
    if not seed or not seed.isprintable():
        raise StopError("种子为空或含有不可见字符。", "请用 --seed 给出公开的种子。", EXIT_USAGE)
    if not seed_source:
        raise StopError(
            "没有写明种子的来源。",
            "请用 --seed-source 写明出处，例如某期公开摇号结果及见证人。",
            EXIT_USAGE,
        )
    frame_record = draw.frame_record()
    if draw.is_revealed:
        raise StopError(
            f"{draw_id} 的种子已于 {draw.reveal_record()['revealed_at']} 公布，不能再次抽取。",
            "如确需补充抽取，运行 jixiao draw freeze --reason … 另立一次。",
            EXIT_USAGE,
        )
    if as_of.isoformat() < frame_record["frozen_at"]:
        raise StopError(
            f"种子日期 {as_of} 早于总体冻结日期 {frame_record['frozen_at']}。",
            "种子必须在总体公布之后产生；请使用冻结之后的公开事件。",
            EXIT_USAGE,
        )
    rows = check_frame(draw)
    record = {
        "draw_id": draw_id,
        "seed": seed,
        "seed_source": seed_source,
        "revealed_at": as_of.isoformat(),
        "frame_sha256": frame_record["frame_sha256"],
    }
    write_once(draw.path / "reveal.json", json.dumps(record, ensure_ascii=False, indent=1))
    write_certificate(draw, rows)
    return draw


def certificate_of(draw: Draw, rows: list[FrameRow]) -> dict[str, Any]:
    """Everything needed to repeat a draw.

    Args:
        draw: a revealed draw.
        rows: its frame.

    Returns:
        The content of `certificate.json`.
    """
    frame_record, reveal_record = draw.frame_record(), draw.reveal_record()
    tickets = draw_ticket.rank(
        reveal_record["seed"], frame_record["rate"], (row.key for row in rows)
    )
    names = {row.key: row for row in rows}
    frame: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        frame[row.bureau_code].append(row.project_code)

    def item(ticket: draw_ticket.Ticket) -> dict[str, Any]:
        row = names[ticket.bureau_code, ticket.fiscal_year, ticket.project_code]
        return {
            "bureau_code": ticket.bureau_code,
            "project_code": ticket.project_code,
            "project_name": row.project_name,
            "unit_name": row.unit_name,
            "ticket": ticket.ticket,
            "ticket_rank": ticket.ticket_rank,
        }

    spares: dict[str, dict[str, Any]] = {}
    for ticket in tickets:
        if not ticket.is_drawn:
            spares.setdefault(ticket.bureau_code, item(ticket))
    return {
        **{key: frame_record[key] for key in (
            "draw_id", "frame_kind", "fiscal_year", "frozen_at", "release_id", "rate", "method",
            "method_zh", "reason", "project_count", "amount_cny", "frame_sha256",
        )},
        **{key: reveal_record[key] for key in ("seed", "seed_source", "revealed_at")},
        "quotas": {
            bureau: draw_ticket.quota_of(len(projects), frame_record["rate"])
            for bureau, projects in sorted(frame.items())
        },
        "list": [item(ticket) for ticket in tickets if ticket.is_drawn],
        "first_not_chosen": list(spares.values()),
        "frame": dict(sorted(frame.items())),
    }


CERTIFICATE_TEXT = """\
抽检名单证书

抽取编号    {draw_id}
抽样总体    {frame_zh}，{fiscal_year} 年度应有项目 {project_count} 个，取自发布 {release_id}
总体冻结    {frozen_at}
总体校验值  {frame_sha256}
抽取比例    {rate}（每个财政部门分别计算，向上取整）
种子        {seed}
种子来源    {seed_source}
种子日期    {revealed_at}
抽取方法    {method_zh}
抽取结果    {bureau_count} 个财政部门，共 {drawn_count} 个项目{reason_line}

各财政部门（代码  总体  抽取  第一候补）
{quota_lines}

如何核对（只需 Python 3，不需安装任何东西）
  python3 verify_draw.py certificate.json
或者对任意一个项目自行计算：
  python3 -c "import hashlib as h;print(h.sha256('种子|代码|年度|项目编码'.encode()).hexdigest())"
所得应与 certificate.json 中该项目的 ticket 相同；同一财政部门中 ticket 更小的项目都应在名单内。
总体校验值：把 certificate.json 的 frame 逐项写成「财政区划代码|预算年度|项目编码」加换行，
按代码排序后取 sha256。
推荐抽取的项目另列于名单，不是随机抽中的，推算总体情况时不得计入。
"""


def write_certificate(draw: Draw, rows: list[FrameRow]) -> None:
    """Write what a stranger needs to repeat the draw; finishes a reveal cut short by a crash.

    Args:
        draw: a revealed draw.
        rows: its frame.
    """
    certificate = certificate_of(draw, rows)
    spares = {
        item["bureau_code"]: item["project_code"] for item in certificate["first_not_chosen"]
    }
    text = CERTIFICATE_TEXT.format(
        **certificate,
        frame_zh={"goal": "绩效目标", "monitoring": "绩效监控", "self_evaluation": "绩效自评"}[
            certificate["frame_kind"]
        ],
        bureau_count=len(certificate["quotas"]),
        drawn_count=len(certificate["list"]),
        reason_line=f"\n补充理由    {certificate['reason']}" if certificate["reason"] else "",
        quota_lines="\n".join(
            f"  {bureau}  {len(certificate['frame'][bureau]):>6}  {quota:>5}  "
            f"{spares.get(bureau, '（无）')}"
            for bureau, quota in certificate["quotas"].items()
        ),
    )
    verifier = Path(draw_ticket.__file__).read_text(encoding="utf-8")
    for name, content in (
        ("verify_draw.py", verifier),
        ("certificate.txt", text),
        ("certificate.json", json.dumps(certificate, ensure_ascii=False, indent=1)),
    ):
        if not (draw.path / name).exists():
            write_once(draw.path / name, content)


def verify(home: Home, target: str) -> tuple[str, list[str]]:
    """Repeat a draw and compare.

    Args:
        home: the installation.
        target: a draw's id, or the path of a certificate.

    Returns:
        The draw's id and what does not agree, in Chinese.

    Raises:
        StopError: neither a draw nor a certificate.
    """
    path = Path(target)
    if path.suffix == ".json" and path.is_file():
        try:
            certificate = json.loads(path.read_text(encoding="utf-8"))
            return certificate["draw_id"], draw_ticket.verify(certificate)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StopError(
                f"{path} 不是抽检证书（{error}）。", "请给出 certificate.json。", EXIT_USAGE
            ) from error
    draw = find_draw(home, target)
    if not draw.is_revealed:
        raise StopError(
            f"{target} 的种子还没有公布。", f"先运行 jixiao draw reveal {target}。", EXIT_USAGE
        )
    rows = draw.frame()
    if not (draw.path / "certificate.json").exists():
        write_certificate(draw, rows)
    certificate = json.loads((draw.path / "certificate.json").read_text(encoding="utf-8"))
    problems = draw_ticket.verify(certificate)
    on_disk = draw_ticket.frame_hash(row.key for row in rows)
    published = draw.frame_record()["frame_sha256"]
    if on_disk != published:
        problems.append(f"frame.csv 与冻结时公布的校验值不符：公布 {published}，实为 {on_disk}。")
    reveal_record = draw.reveal_record()
    for field in ("seed", "seed_source", "revealed_at", "frame_sha256"):
        if certificate[field] != reveal_record[field]:
            problems.append(f"证书的 {field} 与公布记录不一致。")
    if certificate["frame_sha256"] != published:
        problems.append("证书的总体校验值与冻结时公布的不一致。")
    return target, problems


def create_draw_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create empty tables for the draws on record, replacing what is there.

    Args:
        con: the warehouse.
    """
    con.execute("create schema if not exists ops")
    con.execute(
        """
        create or replace table ops.draw (
            draw_id varchar, frame_kind varchar, fiscal_year integer, frozen_at timestamp,
            release_id varchar, frame_sha256 varchar, seed varchar, seed_source varchar,
            revealed_at timestamp, rate decimal(6, 4), method varchar
        )
        """
    )
    con.execute(
        """
        create or replace table ops.draw_frame (
            draw_id varchar, bureau_code varchar, fiscal_year integer, project_code varchar,
            project_name varchar, unit_name varchar, amount_cny decimal(20, 2),
            is_recommended boolean, recommend_reason varchar
        )
        """
    )


def load_draws(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Put the revealed draws into the warehouse, so that marts can be rebuilt from them.

    Args:
        con: the warehouse, open for writing.
        home: the installation.

    Returns:
        Draws loaded.

    Raises:
        StopError: a frame is not the one that was published.
    """
    create_draw_tables(con)
    count = 0
    for draw in list_draws(home):
        if not draw.is_revealed:
            continue
        check_frame(draw)
        frame, seed = draw.frame_record(), draw.reveal_record()
        con.execute(
            "insert into ops.draw values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                draw.draw_id, frame["frame_kind"], frame["fiscal_year"], frame["frozen_at"],
                frame["release_id"], frame["frame_sha256"], seed["seed"], seed["seed_source"],
                seed["revealed_at"], frame["rate"], frame["method"],
            ],
        )
        rows = pl.DataFrame(draw.frame(), orient="row")
        con.register("frame_rows", rows)
        con.execute(
            """
            insert into ops.draw_frame
            select
                ?, bureau_code, fiscal_year, project_code, nullif(project_name, ''),
                nullif(unit_name, ''), nullif(amount_cny, '')::decimal(20, 2), is_recommended,
                nullif(recommend_reason, '')
            from frame_rows
            """,
            [draw.draw_id],
        )
        con.unregister("frame_rows")
        count += 1
    return count
