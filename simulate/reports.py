"""What a bureau reports on its projects: its monitoring rounds and the self-evaluation.

Values are drawn towards a wanted outcome (passed, warned, not judgeable) and then judged by
`formulas`; the truth is always the judgement of what was written, never the wish. A project
without indicator lines is warned through its execution alone, else it cannot be judged.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from simulate.formulas import (
    NEAR,
    JudgedLine,
    Judgement,
    Thresholds,
    completion_of,
    judge,
    overall_completion,
)
from simulate.population import BureauPlan
from simulate.projects import Line, Project, line_target
from simulate.wording import ValueStyle, money_text, number_text

ACHIEVED_WORDS = ("达成年度指标", "达成预期指标", "达成预期目标", "达成年度指标")
PARTLY_WORDS = ("部分达成年度指标并具有一定效果", "部分达成预期指标", "基本达成")
FAILED_WORDS = ("未达成年度指标且效果较差", "未达成预期指标")
UNREADABLE_ACTUALS = ("", "待年底统计", "数据统计中", "", "详见佐证材料")
REASONS = (
    ("经费保障", "资金下达较晚，支付进度滞后"),
    ("经费保障", "财政资金尚未全部到位"),
    ("制度保障", "招标采购程序未履行完毕"),
    ("制度保障", "项目前期审批手续办理时间较长"),
    ("人员保障", "受疫情影响，施工人员未能按时到位"),
    ("人员保障", "基层业务人员不足"),
    ("硬件条件保障", "设备尚未到货"),
    ("其他", "受季节影响，尚未到施工期"),
)
LIKELIHOODS = ("确定能", "有可能", "完全不可能")
ABSORBING_KINDS = frozenset({"count", "decimal", "percent"})


@dataclass(slots=True)
class ReportedLine:
    """What is reported on one line.

    Attributes:
        actual_cell: the actual value as written.
        expected_cell: what the unit expects for the whole year, as written.
        completion: exact where it matters, else a float; None if not judgeable.
        number: the actual as (scaled, places), where it is a number.
        reason: group and text of the deviation reason, empty for none.
        likelihood: 0, 1 or 2 into `LIKELIHOODS`.
        score_hundredths: declared score of a self-evaluation line.
    """

    actual_cell: str
    expected_cell: str
    completion: float | None
    number: tuple[int, int] | None
    reason: tuple[str, str]
    likelihood: int
    score_hundredths: int = 0


@dataclass(slots=True)
class RoundReport:
    """One project in one monitoring round, with the verdict that the marts must reach."""

    project: Project
    month: int
    executed_fen: int
    expected_fen: int
    lines: list[ReportedLine]
    execution_rate: float
    completion_rate: float | None
    gap: float | None
    triggers: tuple[str, ...]
    verdict: str


@dataclass(slots=True)
class SelfReport:
    """One self-evaluated project."""

    project: Project
    executed_fen: int
    lines: list[ReportedLine]
    execution_rate: float
    execution_score_hundredths: int
    total_score_hundredths: int
    grade: str
    actual_goal: str


@dataclass(frozen=True)
class ReportRules:
    """What the reports of one bureau obey.

    Attributes:
        thresholds: parameters of the verdict.
        style: how actual values are written.
        has_weights: whether the monitoring sheets carry weights.
    """

    thresholds: Thresholds
    style: ValueStyle
    has_weights: bool


def report_rounds(
    plan: BureauPlan, projects: list[Project], months: tuple[int, ...], rules: ReportRules
) -> list[list[RoundReport]]:
    """Report all monitoring rounds of a bureau.

    Args:
        plan: the bureau; a calibrated one says how many projects are warned in both rounds.
        projects: its projects.
        months: month of each round.
        rules: parameters and style.

    Returns:
        Per round, one report per project in the same order.
    """
    rng = random.Random(f"{plan.seed}|rounds")
    wishes = _choose_wishes(plan, projects, rng)
    reporter = _Reporter(rng, rules)
    rounds: list[list[RoundReport]] = [[] for _ in months]
    for project, wish in zip(projects, wishes, strict=True):
        executed = 0
        for index, month in enumerate(months):
            report = reporter.report(project, wish, index, month, executed)
            executed = report.executed_fen
            rounds[index].append(report)
    return rounds


def _choose_wishes(plan: BureauPlan, projects: list[Project], rng: random.Random) -> list[str]:
    """One outcome per project: pass, both, first, second, blank or exact.

    Where the statement says which projects are warned in the first round, no other project is.
    """
    wishes = []
    is_first_known = any(part.name == "warned" for part in plan.classes)
    free = [i for i, project in enumerate(projects) if not project.is_direct]
    both: set[int] = set()
    if plan.consecutive_count is not None:
        if plan.consecutive_count > len(free):
            raise ValueError(
                f"{plan.bureau.code}: {plan.consecutive_count} projects are to be warned twice, "
                f"but only {len(free)} are not direct funds"
            )
        both = set(rng.sample(free, plan.consecutive_count))
    exact_left = 2
    for index, project in enumerate(projects):
        draw = rng.random()
        if index in both:
            wish = "both"
        elif project.project_class == "warned":
            wish = "both" if draw < 0.4 else "first"
        elif project.is_direct:
            wish = "pass"
        elif exact_left and plan.size_weight > 2.0 and index > 10:
            wish, exact_left = "exact", exact_left - 1
        elif plan.consecutive_count is None and draw < 0.12 and not is_first_known:
            wish = "both"
        elif draw < 0.22 and not is_first_known:
            wish = "first"
        elif 0.22 <= draw < 0.30:
            wish = "second"
        elif 0.30 <= draw < 0.312:
            wish = "blank"
        else:
            wish = "pass"
        wishes.append(wish)
    return wishes


def wanted_completion(month: int) -> tuple[float, float]:
    """The range of overall completion that a sound project has at the end of a month.

    Args:
        month: 1 to 12.

    Returns:
        Lowest and highest; 0.32 to 0.55 in May, 0.56 to 0.86 in September.
    """
    return round(0.02 + 0.06 * month, 4), round(min(0.97, 0.1625 + 0.0775 * month), 4)


class _Reporter:
    """Writes the reports of one bureau."""

    def __init__(self, rng: random.Random, rules: ReportRules) -> None:
        self.rng = rng
        self.rules = rules
        limits = rules.thresholds
        self.qualitative = (
            float(limits.achieved),
            float(limits.partly),
            float(limits.not_achieved),
        )
        self.gap = float(limits.gap)
        self.gap_direct = float(limits.gap_direct)

    def report(
        self, project: Project, wish: str, index: int, month: int, executed_before: int
    ) -> RoundReport:
        """One project in one round."""
        rng = self.rng
        pace = 0.6 * month / 12
        warned = wish == "both" or (wish == "first", wish == "second")[index]
        if not project.lines:
            reach = 0.12 if wish == "second" else 1.0
            return self._report_without_lines(project, warned, month, executed_before, reach)
        if wish == "exact":
            return self._exact_report(project, index, month)
        low, high = wanted_completion(month)
        wanted = low + (high - low) * rng.random()
        mode = ""
        if warned:
            draw = rng.random()
            mode = "execution" if draw < 0.5 else "completion" if draw < 0.75 else "gap"
            if mode == "completion":
                wanted = 0.05 + (pace - 0.07) * rng.random()
        before = executed_before / project.adjusted_fen
        completion = None
        if wish == "blank":
            lines = self._blank_lines(project, index)
            low_rate, high_rate = pace + 0.05, 0.95
        else:
            lines, completion = self._lines(project, wanted, index)
            for _ in range(6):
                if warned or completion >= pace + 0.02:
                    break
                wanted = min(1.0, wanted + 0.15)
                lines, completion = self._lines(project, wanted, index)
            low_rate, high_rate = self._execution_range(
                project, mode, completion, pace, before
            )
        rate = _between(low_rate, high_rate, before, rng)
        executed = self._executed(project, rate)
        for line, reported in zip(project.lines, lines, strict=True):
            if line.kind == "budget" and reported.completion is not None:
                reported.actual_cell = self._actual_text(line, executed, 6)
                reported.number = (executed, 6)
        expected = max(executed, int(project.adjusted_fen * (0.9 + 0.1 * rng.random())))
        return self._judged(project, month, executed, expected // 100 * 100, lines, completion)

    def _report_without_lines(
        self, project: Project, warned: bool, month: int, executed_before: int, reach: float
    ) -> RoundReport:
        """A project row alone: nothing but its execution can warn, at most reach above pace."""
        pace = 0.6 * month / 12
        low, high = (0.0, pace - 0.02) if warned else (pace + 0.02, min(0.97, pace + reach))
        rate = _between(low, high, executed_before / project.adjusted_fen, self.rng)
        executed = self._executed(project, rate)
        expected = max(executed, int(project.adjusted_fen * (0.9 + 0.1 * self.rng.random())))
        return self._judged(project, month, executed, expected // 100 * 100, [], None)

    def _execution_range(
        self, project: Project, mode: str, completion: float, pace: float, before: float
    ) -> tuple[float, float]:
        """Where the execution rate must lie for the wanted outcome."""
        if not mode:
            reach = 0.04 if project.is_direct else 0.18
            high = min(1.0, completion + reach)
            low = max(pace + 0.005, completion - reach)
            return (min(low, high) if project.is_direct else low), high
        if mode == "completion" and completion < pace - 0.005:
            return pace + 0.02, 0.9
        if mode == "gap" and completion - 0.23 >= max(0.0, before):
            return max(0.0, completion - 0.45), completion - 0.22
        if mode == "gap" and completion + 0.23 <= 1.0:
            return completion + 0.22, min(1.0, completion + 0.45)
        return 0.0, pace - 0.02

    def _executed(self, project: Project, rate: float) -> int:
        """An execution in fen: mostly whole yuan, exact fen where the budget is small."""
        fen = int(project.adjusted_fen * rate)
        if project.adjusted_fen < 100_000_000 or self.rng.random() < 0.2:
            return fen
        return fen // 100 * 100

    def _judged(
        self,
        project: Project,
        month: int,
        executed: int,
        expected: int,
        lines: list[ReportedLine],
        completion: float | None,
    ) -> RoundReport:
        """The report with its verdict; exact fractions near a threshold."""
        limits = self.rules.thresholds
        rate = executed / project.adjusted_fen
        gap_limit = self.gap_direct if project.is_direct else self.gap
        pace = 0.6 * month / 12
        gap = None if completion is None else abs(rate - completion)
        near = abs(rate - pace) < NEAR or (
            completion is not None
            and (abs(completion - pace) < NEAR or abs(gap - gap_limit) < NEAR)
        )
        exact = None
        if near or float(limits.execution_pace) != 0.6 or float(limits.completion_pace) != 0.6:
            exact = judge(
                executed,
                project.adjusted_fen,
                exact_completion(project, lines, self.rules),
                month,
                project.is_direct,
                limits,
            )
            triggers, verdict = exact.triggers, exact.verdict
        else:
            fired = []
            if rate < pace:
                fired.append("LOW_EXECUTION")
            if completion is not None:
                if completion < pace:
                    fired.append("LOW_COMPLETION")
                if gap > gap_limit:
                    fired.append("GAP")
            triggers = tuple(fired)
            verdict = "warn" if fired else "cannot_judge" if gap is None else "pass"
        return RoundReport(
            project, month, executed, expected, lines, rate, completion, gap, triggers, verdict
        )

    def _exact_report(self, project: Project, index: int, month: int) -> RoundReport:
        """A gap of exactly 0.20 in every round: 0.5 − 0.3 or 0.9 − 0.7; not warned."""
        completion, rate = (5, 3) if month <= 6 else (9, 7)
        lines = []
        kept = [line for line in project.lines if line.kind in ABSORBING_KINDS]
        for line in kept:
            line.target = max(10, line.target // 10 * 10)
            line.operator = ">="
        if index == 0:
            project.lines = kept
            for line in kept:
                number = number_text(line.target, line.places)
                line.operator_cell, line.unit_cell = "", ""
                line.target_cell = f"≥{number}{line.unit}"
                if self.rules.style.place == "column":
                    line.operator_cell, line.target_cell, line.unit_cell = "≥", number, line.unit
        for line in kept:
            scaled = line.target * completion // 10
            lines.append(
                ReportedLine(
                    self._actual_text(line, scaled, line.places),
                    number_text(line.target, line.places) + line.unit,
                    completion / 10,
                    (scaled, line.places),
                    ("", ""),
                    1,
                )
            )
        executed = project.adjusted_fen * rate // 10
        return self._judged(
            project, month, executed, project.adjusted_fen, lines, completion / 10
        )

    def _lines(
        self, project: Project, wanted: float, index: int
    ) -> tuple[list[ReportedLine], float]:
        """Reports on all lines, with an overall completion close to the wanted one."""
        fixed = [self._fixed(line, wanted, index) for line in project.lines]
        weighted = self.rules.has_weights
        absorbing = judged = reached = applicable = 0.0
        for line, (kind, value) in zip(project.lines, fixed, strict=True):
            weight = line.weight if weighted else 1
            if line.kind != "not_applicable":
                applicable += weight
            if kind == "free":
                absorbing += weight
                judged += weight
            elif value is not None:
                judged += weight
                reached += weight * value
        if judged < 0.62 * applicable:
            fixed = [
                ("free", None) if kind == "hidden" else (kind, value) for kind, value in fixed
            ]
            absorbing = judged = reached = 0.0
            for line, (kind, value) in zip(project.lines, fixed, strict=True):
                weight = line.weight if weighted else 1
                if kind == "free":
                    absorbing += weight
                    judged += weight
                elif value is not None:
                    judged += weight
                    reached += weight * value
        pace = (wanted * judged - reached) / absorbing if absorbing else 0.0
        pace = 0.03 if pace < 0.03 else 1.0 if pace > 1.0 else pace
        lines: list[ReportedLine] = []
        total = weight_sum = 0.0
        for line, (kind, value) in zip(project.lines, fixed, strict=True):
            reported = self._reported(line, kind, value, pace, wanted, index)
            lines.append(reported)
            if reported.completion is not None:
                weight = line.weight if weighted else 1
                total += weight * reported.completion
                weight_sum += weight
        return lines, total / weight_sum

    def _fixed(self, line: Line, wanted: float, index: int) -> tuple[str, float | None]:
        """How a line is reported: free to follow the pace, fixed, hidden or not judgeable."""
        kind, mark = line.kind, line.mark
        if kind in ABSORBING_KINDS:
            return ("hidden", None) if mark % 53 == 7 and index == 0 else ("free", None)
        if kind == "qualitative":
            level = 1 if mark % 9 == 0 else 2 if mark % 31 == 1 else 0
            return f"words{level}", self.qualitative[level]
        if kind == "zero":
            return ("number", 0.0) if mark % 61 == 0 else ("number", 1.0)
        if kind == "small":
            done = int(line.target * min(1.0, wanted * 1.1))
            return "number", done / line.target
        if kind in ("cost", "cost_percent"):
            return "number", self._cost(line)[1]
        if kind == "budget":
            return "number", 1.0
        return "none", None

    def _cost(self, line: Line) -> tuple[int, float]:
        """The actual of a reverse line (times ten) and its completion."""
        mark, target = line.mark, line.target
        share = 105 + mark % 30 if mark % 17 == 0 else 70 + mark % 31
        actual = target * share // 10
        limit = target * 10
        if actual <= limit:
            return actual, 1.0
        return actual, max(0.0, 1 - (actual - limit) / limit)

    def _reported(
        self, line: Line, kind: str, value: float | None, pace: float, wanted: float, index: int
    ) -> ReportedLine:
        """The cells of one line."""
        mark = line.mark
        number: tuple[int, int] | None = None
        if kind == "free":
            factor = min(1.0, pace * (0.93 + (mark % 15) / 100))
            if line.kind == "percent":
                scaled, places = max(20, int(line.target * 10 * factor)), 1
            else:
                scaled, places = int(line.target * factor), line.places
            number = (scaled, places)
            value = scaled * 10**line.places / (line.target * 10**places)
            value = min(1.0, value)
        elif kind == "number":
            if line.kind in ("cost", "cost_percent"):
                number = (self._cost(line)[0], 1)
            elif line.kind == "zero":
                number = (0, 0) if value else (1, 0)
            elif line.kind == "small":
                number = (int(line.target * min(1.0, wanted * 1.1)), 0)
        if number is not None:
            actual = self._actual_text(line, *number)
        elif kind.startswith("words"):
            level = int(kind[-1])
            words = (ACHIEVED_WORDS, PARTLY_WORDS, FAILED_WORDS)[level]
            actual = words[mark % len(words)]
        elif line.kind == "not_applicable":
            actual = "/"
        else:
            actual = UNREADABLE_ACTUALS[mark % len(UNREADABLE_ACTUALS)]
        behind = value is not None and value < (0.25, 0.45)[index]
        reason = REASONS[mark % len(REASONS)] if behind and mark % 5 else ("", "")
        likelihood = 2 if behind and mark % 13 == 0 else 1 if behind else 0
        if number is not None and line.kind in ABSORBING_KINDS:
            expected = number_text(line.target, line.places) + line.unit
        else:
            expected = ""
        return ReportedLine(actual, expected, value, number, reason, likelihood)

    def _actual_text(self, line: Line, scaled: int, places: int) -> str:
        """An actual number as the bureau writes it."""
        style = self.rules.style
        text = number_text(scaled, places, style.thousands)
        return text + line.unit if style.actual_with_unit and style.place != "column" else text

    def _blank_lines(self, project: Project, index: int) -> list[ReportedLine]:
        """Hardly anything reported: the completion cannot be judged."""
        lines = []
        for line in project.lines:
            text = "/" if line.kind == "not_applicable" else UNREADABLE_ACTUALS[line.mark % 5]
            lines.append(ReportedLine(text, "", None, None, ("", ""), 1))
        return lines


def exact_completion(
    project: Project, lines: list[ReportedLine], rules: ReportRules
) -> Fraction | None:
    """The overall completion as an exact fraction.

    Args:
        project: the project with its targets.
        lines: what was reported.
        rules: parameters; without weights every line counts the same.

    Returns:
        The fraction, or None if too little weight can be judged.
    """
    judged = []
    for line, reported in zip(project.lines, lines, strict=True):
        weight = Fraction(line.weight if rules.has_weights else 1)
        completion: Fraction | None = None
        if reported.completion is not None:
            if reported.number is not None:
                scaled, places = reported.number
                completion = completion_of(
                    line.operator, line_target(line), Fraction(scaled, 10**places)
                )
            else:
                completion = Fraction(str(reported.completion))
        judged.append(JudgedLine(weight, completion, line.kind != "not_applicable"))
    return overall_completion(judged, rules.thresholds.minimum_weight)


def judge_report(report: RoundReport, rules: ReportRules) -> Judgement:
    """Judge a report again with exact fractions, to check the quick verdict.

    Args:
        report: a round's report.
        rules: the parameters it was made under.

    Returns:
        The exact judgement.
    """
    return judge(
        report.executed_fen,
        report.project.adjusted_fen,
        exact_completion(report.project, report.lines, rules),
        report.month,
        report.project.is_direct,
        rules.thresholds,
    )


def report_self_evaluations(
    plan: BureauPlan, projects: list[Project], rules: ReportRules
) -> list[SelfReport]:
    """Self-evaluate all projects of the year before.

    Args:
        plan: the bureau.
        projects: its projects of that year.
        rules: parameters and style; weights are always there.

    Returns:
        One report per project, in the same order.
    """
    rng = random.Random(f"{plan.seed}|self")
    reporter = _Reporter(rng, rules)
    reports = [_self_report(reporter, project, rng) for project in projects]
    if plan.low_score:
        for report in reports:
            _keep_score(report, report.project.project_class == plan.low_score.name, rng)
    return reports


GRADES = ((9000, "优"), (8000, "良"), (6000, "中"), (0, "差"))


def grade_of(score_hundredths: int) -> str:
    """The grade of a score by the bands 90 / 80 / 60.

    Args:
        score_hundredths: points times 100.

    Returns:
        优, 良, 中 or 差.
    """
    return next(grade for floor, grade in GRADES if score_hundredths >= floor)


def _self_report(reporter: _Reporter, project: Project, rng: random.Random) -> SelfReport:
    """One self-evaluation: high completion, sometimes inflated, rarely poor."""
    draw = rng.random()
    wanted = 0.35 + 0.3 * rng.random() if draw < 0.015 else 0.86 + 0.14 * rng.random()
    lines = reporter._lines(project, wanted, 1)[0] if project.lines else []
    rate = 0.2 + 0.4 * rng.random() if draw < 0.03 else 0.8 + 0.2 * rng.random()
    if rng.random() < 0.35:
        rate = 1.0
    executed = reporter._executed(project, rate)
    execution = executed / project.adjusted_fen
    execution_score = min(1000, int(execution * 1000 + 0.5))
    inflated = rng.random() < 0.1
    total = execution_score
    if not project.lines:  # the score of the indicators is stated, the indicators are not
        total += 9000 if inflated else int(9000 * wanted + 0.5)
    for line, reported in zip(project.lines, lines, strict=True):
        completion = 1.0 if inflated or reported.completion is None else reported.completion
        reported.score_hundredths = int(line.weight * completion * 100 + 0.5)
        total += reported.score_hundredths
        mark = line.mark
        if line.kind == "budget":
            reported.actual_cell = f"{money_text(executed, '万元')}万元"
        elif line.kind == "date":
            year = line.target_cell[:4] if line.target_cell[:2] == "20" else "2019"
            reported.actual_cell = f"{year}年{9 + mark % 4}月"
        elif line.kind in ABSORBING_KINDS and mark % 71 == 3:
            reported.actual_cell = "完成"
        elif line.kind in ABSORBING_KINDS and mark % 67 == 5:
            reported.actual_cell = line.target_cell
        elif line.kind == "qualitative" and mark % 3 == 0:
            reported.actual_cell = line.target_cell
    return SelfReport(
        project,
        executed,
        lines,
        execution,
        execution_score,
        total,
        grade_of(total),
        project.goal_text.replace("完成", "已完成")
        if draw > 0.05
        else project.goal_text,
    )


def _keep_score(report: SelfReport, is_low: bool, rng: random.Random) -> None:
    """Bring a declared score to its side of 80, where the statement says which are below.

    The unit takes points off its indicators, or gives itself those it has lost.
    """
    if is_low:
        wanted = 7000 + rng.randrange(900)
    elif report.total_score_hundredths < 8000:
        wanted = 8000 + rng.randrange(500)
    else:
        return
    missing = wanted - report.total_score_hundredths
    lines = zip(report.project.lines, report.lines, strict=True)
    for line, reported in lines:
        score = min(line.weight * 100, max(0, reported.score_hundredths + missing))
        missing -= score - reported.score_hundredths
        reported.score_hundredths = score
    if missing and report.lines:
        raise ValueError(f"{report.project.code} cannot reach a score of {wanted / 100}")
    report.total_score_hundredths = wanted
    report.grade = grade_of(wanted)


def _between(low: float, high: float, floor: float, rng: random.Random) -> float:
    """A draw from a range, not below the floor where the range allows it."""
    if floor > low:
        low = min(floor, high)
    return low + (high - low) * rng.random()
