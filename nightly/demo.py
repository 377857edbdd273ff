"""A region from nothing: simulate it, run its night, draw a sample, say where to look."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nightly import draw, draw_lists
from nightly.errors import EXIT_NOTHING_CHANGED
from nightly.night import run_night
from nightly.progress import say
from nightly.release import Release, open_release, require_current
from nightly.settings import Home

logger = logging.getLogger(__name__)

STATEMENT = "xinjiang-2020"
SCALE = 0.02
SIMULATION_SEED = 2020
AS_OF = date(2021, 3, 1)
FRAME_YEAR = 2020
FRAME_KIND = "monitoring"
DRAW_SEED = "20210302-314-2021060"
DRAW_SEED_SOURCE = "演示用种子（固定写在程序中，正式抽检须用总体冻结之后公开产生的数字）"

COVERAGE_SQL = """
select stage, round_no, due_project_count, done_project_count, coverage_rate, due_amount_cny
from marts.mart_stage_coverage
where bureau_code = '650000' and scope = 'with_subordinates' and fund_type = 'all'
    and fiscal_year = ?
order by stage, round_no
"""
FIGURES_SQL = """
select
    (select count(*) from marts.mart_deviation_flag where is_warned and fiscal_year = $year),
    (select count(*) from marts.mart_consecutive_warning where fiscal_year = $year),
    (select count(*) from marts.mart_missing_project where fiscal_year = $year),
    (select count(*) from marts.mart_self_evaluation),
    (select count(*) from marts.mart_self_evaluation where is_below_80),
    (select count(*) from marts.fct_indicator),
    (select count(*) from quality.fct_finding),
    (select count(*) from marts.mart_filing_status where status = 'rejected')
"""


@dataclass(frozen=True)
class DemoPlan:
    """What the demonstration does.

    Attributes:
        home: where it is kept.
        scale: share of the published populations.
        seed: seed of the simulated region.
    """

    home: Home
    scale: float = SCALE
    seed: int = SIMULATION_SEED

    @property
    def inbox(self) -> Path:
        """Where the simulated exports are written."""
        return self.home.root / "demo" / f"{STATEMENT}-{self.scale:g}-{self.seed}" / "inbox"


def run_demo(plan: DemoPlan) -> None:
    """Simulate a region, run its night, draw a sample, and say where to look.

    Args:
        plan: what to do.

    Raises:
        StopError: the night stopped.
    """
    inbox = simulate_once(plan)
    say(f"运行夜间任务（截至 {AS_OF}）……")
    first = run_night(plan.home, inbox, AS_OF)
    made = _draw_once(plan.home)
    if made is not None:
        say(f"抽检：{made.draw_id} 已冻结总体、公布种子；重新计算抽检表……")
        run_night(plan.home, inbox, AS_OF)
        folder = draw_lists.write_draw_lists(
            made,
            draw_lists.bureau_names(require_current(plan.home)),
            draw_lists.confidential_projects(require_current(plan.home)),
        )
        say(f"抽检清单：{folder}")
    if first.exit_code == EXIT_NOTHING_CHANGED:
        say("没有任何变化，沿用现有发布。")
    for line in key_figures(require_current(plan.home)):
        say(line)
    for line in where_to_look(plan, require_current(plan.home)):
        say(line)


def simulate_once(plan: DemoPlan) -> Path:
    """Write the region's exports, unless they are there already.

    Args:
        plan: what to do.

    Returns:
        The inbox.
    """
    from simulate.region import write_region

    done = plan.inbox.parent / "complete"
    if done.exists():
        return plan.inbox
    shutil.rmtree(plan.inbox.parent, ignore_errors=True)
    say(f"模拟 {STATEMENT} 地区的报送文件，规模 {plan.scale:g}，种子 {plan.seed} ……")
    summary = write_region(plan.inbox, STATEMENT, scale=plan.scale, seed=plan.seed)
    done.write_text("", encoding="utf-8")
    say(
        f"  {summary.bureau_count} 个财政部门，{summary.file_count} 个文件，"
        f"{summary.indicator_line_count} 行指标，其中应被退回的文件 "
        f"{summary.quarantined_file_count} 个"
    )
    return plan.inbox


def _draw_once(home: Home) -> draw.Draw | None:
    if draw.list_draws(home):
        return None
    frozen = draw.freeze(home, FRAME_KIND, FRAME_YEAR, AS_OF)
    return draw.reveal(home, frozen.draw_id, DRAW_SEED, DRAW_SEED_SOURCE, AS_OF)


def key_figures(release: Release) -> list[str]:
    """The figures an officer asks for first.

    Args:
        release: the live release.

    Returns:
        Lines of Chinese text.
    """
    from nightly.labels import label

    con = open_release(release.database)
    try:
        coverage = con.execute(COVERAGE_SQL, [FRAME_YEAR]).fetchall()
        figures = con.execute(FIGURES_SQL, {"year": FRAME_YEAR}).fetchall()[0]
        drawn = con.execute(
            "select sum(frame_count), sum(drawn_count), count(*) from marts.mart_sampling_quota"
        ).fetchall()[0]
    finally:
        con.close()
    lines = ["", f"全区 {FRAME_YEAR} 年度（自治区本级与 14 个地州市、96 个县市区）"]
    for stage, turn, due, done, rate, amount in coverage:
        name = label("stage", stage) + (f"第{turn}次" if turn is not None else "")
        share = "—" if rate is None else f"{float(rate):.2%}"
        lines.append(
            f"  {name}　应报 {due} 个项目、{float(amount or 0) / 1e8:.2f} 亿元，"
            f"已报 {done} 个，覆盖率 {share}"
        )
    warned, twice, missing, evaluated, low, indicators, findings, rejected = figures
    lines += [
        f"  监控预警 {warned} 项次，其中连续两次预警的项目 {twice} 个",
        f"  漏报 {missing} 项次，被退回的报送 {rejected} 份",
        f"  自评 {evaluated} 个项目，低于 80 分的 {low} 个",
        f"  指标 {indicators} 行，问题 {findings} 条（每条都指到文件、工作表和单元格）",
    ]
    if drawn[2]:
        lines.append(f"  抽检总体 {drawn[0]} 个项目，{drawn[2]} 个财政部门共抽 {drawn[1]} 个")
    return lines


def where_to_look(plan: DemoPlan, release: Release) -> list[str]:
    """Where everything is.

    Args:
        plan: of the demonstration.
        release: the live release.

    Returns:
        Lines of Chinese text.
    """
    home = plan.home
    return [
        "",
        f"现行发布　{release.release_id}",
        f"  {home.current / 'dashboard' / 'index.html'}　看板，用浏览器打开",
        f"  {home.current / 'lists'}　Excel 清单",
        f"  {home.current / 'jixiao.duckdb'}　供 BI 只读打开",
        f"  {home.reports / 'latest'}　退给各财政部门的问题清单、质量关口页面",
        f"  {home.draws}　抽检记录和证书",
        "试试：",
        '  .venv/bin/jixiao query "select * from marts.mart_consecutive_warning limit 10"',
        "  .venv/bin/jixiao status",
        f"  .venv/bin/jixiao statement {STATEMENT} --year {FRAME_YEAR} --format table",
        "（项目类报送按演示规模缩小，评价、整改、培训等登记表为公布规模）",
    ]
