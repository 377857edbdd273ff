"""A bureau's projects: identity, money and indicator lines, before anything is reported."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN
from simulate.population import BureauPlan
from simulate.wording import ValueStyle, number_text, target_cells

VOCABULARY_DIR = Path(__file__).resolve().parent / "vocabulary"

ADDED_TAG = "年中追加"
"""Register tag of projects arranged after the budget was approved; they owe no goal."""

DIGITS = frozenset("0123456789０１２３４５６７８９")
SUFFIXES = ("以上", "以内")
OPERATOR_WITHOUT_SIGN = "="
"""A target without any sign reads as 「=」, which is judged as forward where it is above 0."""

WRONG_WEIGHT_SHARE = 0.01
"""Projects whose weights add up to 95 instead of 90."""

FUND_TYPES = {
    "goal": (("111", "general", 0.92), ("121", "government_fund", 0.05), ("39", "other", 0.03)),
    "social_insurance": (("14", "social_insurance", 1.0),),
    "state_capital": (("13", "state_capital", 1.0),),
    "direct_goal": (("111", "general", 1.0),),
    "direct_added": (("111", "general", 0.8), ("121", "government_fund", 0.2)),
    "added": (("111", "general", 0.9), ("121", "government_fund", 0.05), ("2", "other", 0.05)),
    "general": (("111", "general", 1.0),),
    "general_new": (("111", "general", 1.0),),
    "other_funds": (
        ("121", "government_fund", 0.7),
        ("13", "state_capital", 0.05),
        ("2", "other", 0.25),
    ),
    "warned": (("111", "general", 0.9), ("121", "government_fund", 0.1)),
    "low_score": (("111", "general", 1.0),),
}
"""Per class: fund-type code, its budget in the marts, share."""

ADJUSTED_CLASSES = frozenset({"goal", "state_capital", "general", "other_funds"})
"""Classes whose budgets may be adjusted in the year; the others keep the calibrated amount."""

XINJIANG_SUBJECTS = frozenset({"访惠聚驻村工作经费", "便民警务站运行维护"})
"""Subjects that only Xinjiang has."""

PLACES = (
    "城关镇 英吾斯坦乡 阿热勒乡 巴格其镇 吐格曼贝希乡 塔尔拉克乡 托海乡 库木吐拉乡 阔什艾日克乡 "
    "尤喀日克阿瓦提村 团结路社区 友好村 红旗农场 幸福社区 大泉乡 三宫回族乡 北庭镇 老台乡 "
    "五彩湾镇 乌拉斯台乡 甘泉堡 二工镇 六户地镇 包家店镇 沙门子镇 东城口镇 西地镇 芳草湖 新户镇 "
    "喀拉布拉乡 阿克吐别克镇 萨尔布拉克镇 齐巴尔吉迪乡 加尔塔斯乡"
).split()
OTHER_PLACES = (
    "城关街道 新城街道 北关街道 西湖街道 东湖街道 南湖街道 滨江街道 临港街道 文化路街道 人民路街道 "
    "解放路社区 建设路社区 和平社区 幸福社区 友谊社区 大桥镇 石桥镇 白云镇 青山镇 龙泉镇 清水镇 "
    "双河镇 三元镇 金山镇 高桥镇 新庄村 张家村 李家村 前进村 红旗村"
).split()


@dataclass(frozen=True, slots=True)
class Template:
    """One row of `vocabulary/indicators.csv`."""

    level1: str
    level2: str
    name: str
    kind: str
    operator: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Theme:
    """One row of `vocabulary/themes.csv` with its own indicators."""

    department: str
    units: tuple[str, ...]
    subjects: tuple[str, ...]
    basis: str
    outputs: tuple[Template, ...]
    benefits: tuple[Template, ...]


@dataclass(slots=True)
class Line:
    """One indicator of a project.

    Attributes:
        level1: 一级指标.
        level2: 二级指标.
        kind: count, decimal, percent, small, zero, cost, cost_percent, budget, qualitative,
            date, unreadable or not_applicable.
        operator: >=, =, <=; text where the target is not a number.
        target: the target times 10 ** places.
        places: decimals of the target.
        unit: its unit.
        weight: 分值.
        mark: a small number that varies wording and pace from line to line.
        name_cell: level-3 name as written.
        operator_cell: operator column as written.
        target_cell: value as written.
        unit_cell: unit column as written.
    """

    level1: str
    level2: str
    kind: str
    operator: str
    target: int
    places: int
    unit: str
    weight: int
    mark: int
    name_cell: str
    operator_cell: str
    target_cell: str
    unit_cell: str


@dataclass(slots=True)
class Project:
    """One project of one fiscal year in one bureau."""

    code: str
    name: str
    unit_code: str
    unit_name: str
    department_name: str
    division: str
    project_class: str
    fund_code: str
    fund_type: str
    category: str
    is_new: bool
    is_direct: bool
    is_poverty: bool
    is_transfer: bool
    is_confidential: bool
    tags: str
    initial_fen: int
    adjusted_fen: int
    goal_text: str
    lines: list[Line] = field(default_factory=list)

    @property
    def owes_goal(self) -> bool:
        """Whether the project was in the approved budget."""
        return not self.project_class.endswith("added")


@cache
def load_themes() -> tuple[tuple[Theme, ...], dict[str, tuple[Template, ...]]]:
    """The vocabulary.

    Returns:
        The themes, and the indicators that fit any theme by level 2.
    """
    own: dict[str, list[Template]] = {}
    with (VOCABULARY_DIR / "indicators.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            own.setdefault(row["theme"], []).append(
                Template(
                    row["level1"],
                    row["level2"],
                    row["name"],
                    row["kind"],
                    row["operator"],
                    float(row["low"]),
                    float(row["high"]),
                    row["unit"],
                )
            )
    shared: dict[str, list[Template]] = {}
    for template in own.pop("*"):
        shared.setdefault(template.level2, []).append(template)
    with (VOCABULARY_DIR / "themes.csv").open(encoding="utf-8", newline="") as handle:
        themes = tuple(
            Theme(
                row["department"],
                tuple(row["unit"].split("|")),
                tuple(row["subjects"].split("|")),
                row["basis"],
                tuple(t for t in own[row["theme"]] if t.level1 == "产出指标"),
                tuple(t for t in own[row["theme"]] if t.level1 != "产出指标"),
            )
            for row in csv.DictReader(handle)
        )
    return themes, {level2: tuple(templates) for level2, templates in shared.items()}


LEVEL2_ORDER = {
    level2: order
    for order, level2 in enumerate(
        (
            "数量指标",
            "质量指标",
            "时效指标",
            "成本指标",
            "经济效益指标",
            "社会效益指标",
            "生态效益指标",
            "可持续影响指标",
            "服务对象满意度指标",
        )
    )
}
LEVEL1_WEIGHTS = {"产出指标": 50, "效益指标": 30, "满意度指标": 10}


def make_projects(
    plan: BureauPlan, fiscal_year: int, style: ValueStyle, indicator_share: float = 1.0
) -> list[Project]:
    """The projects of the year that is monitored.

    Args:
        plan: counts and amounts per class; met exactly.
        fiscal_year: 预算年度.
        style: how the bureau writes targets.
        indicator_share: share of the projects that have indicator lines, at least one has.

    Returns:
        The projects, shuffled.
    """
    rng = random.Random(f"{plan.seed}|{fiscal_year}|projects")
    maker = _Maker(plan, fiscal_year, rng, style)
    maker.choose_lined(plan.monitored_count, indicator_share)
    projects = [
        maker.make(project_class.name, fen)
        for project_class in plan.classes
        for fen in _budgets(project_class.total_fen, project_class.count, rng)
    ]
    rng.shuffle(projects)
    _mark_new(plan, fiscal_year, projects)
    return projects


def make_previous_projects(
    plan: BureauPlan, fiscal_year: int, style: ValueStyle, indicator_share: float = 1.0
) -> list[Project]:
    """The projects of the year that is self-evaluated.

    Args:
        plan: how many.
        fiscal_year: 预算年度, the year before.
        style: how the bureau writes targets.
        indicator_share: share of the projects that have indicator lines, at least one has.

    Returns:
        The projects.
    """
    rng = random.Random(f"{plan.seed}|{fiscal_year}|projects")
    maker = _Maker(plan, fiscal_year, rng, style)
    maker.choose_lined(plan.self_evaluation_count, indicator_share)
    low = plan.low_score
    low_count = low.count if low else 0
    projects = [
        maker.make("goal", fen)
        for fen in _budgets(None, plan.self_evaluation_count - low_count, rng)
    ]
    if low:
        projects += [
            maker.make(low.name, fen) for fen in _budgets(low.total_fen, low.count, rng)
        ]
    return projects


def _mark_new(plan: BureauPlan, fiscal_year: int, projects: list[Project]) -> None:
    """Mark the new projects: exactly as many as planned, none with the code of an earlier year."""
    rng = random.Random(f"{plan.seed}|{fiscal_year}|new")
    apart = [p for p in projects if p.project_class == "general_new"]
    fresh = [p for p in projects if p.code[6:8] == f"{fiscal_year % 100:02d}"]
    chosen = apart or fresh
    if len(chosen) < plan.new_count:
        chosen = projects
    new = set(map(id, rng.sample(chosen, plan.new_count)))
    for project in projects:
        project.is_new = id(project) in new


def _budgets(total_fen: int | None, count: int, rng: random.Random) -> list[int]:
    """Skewed budgets; they add up to the total where there is one."""
    if not count:
        return []
    draws = [rng.lognormvariate(0.0, 1.2) for _ in range(count)]
    if total_fen is None:
        return [max(50, round(draw * 12_000)) * MONEY_STEP_FEN for draw in draws]
    steps = total_fen // MONEY_STEP_FEN
    floor = min(50, steps // count)
    return [part * MONEY_STEP_FEN for part in split_exactly(steps, draws, floor)]


class _Maker:
    """Makes projects of one bureau and year; remembers the names already given."""

    def __init__(
        self, plan: BureauPlan, fiscal_year: int, rng: random.Random, style: ValueStyle
    ) -> None:
        self.plan = plan
        self.fiscal_year = fiscal_year
        self.rng = rng
        self.style = style
        self.themes, self.shared = load_themes()
        self.names: set[str] = set()
        self.number = 0
        self.place = plan.place
        self.lined: set[int] | None = None
        self.is_xinjiang = plan.bureau.code[:2] == "65"
        self.units = _units(self.themes, plan.unit_count) if plan.unit_count else []

    def choose_lined(self, count: int, indicator_share: float) -> None:
        """Choose which projects get indicator lines, by number; the first one always has some."""
        if indicator_share >= 1:
            return
        rng = random.Random(f"{self.plan.seed}|{self.fiscal_year}|lined")
        lined = max(1, round(count * indicator_share))
        self.lined = {1, *rng.sample(range(2, count + 1), lined - 1)}

    def make(self, project_class: str, budget_fen: int) -> Project:
        """One project; the budget is the adjusted one for projects added in the year."""
        rng = self.rng
        self.number += 1
        theme_index, unit_index, unit = self._unit(project_class)
        theme = self.themes[theme_index]
        department = f"{self.place}{theme.department}"
        unit = (
            f"{department}（本级）" if unit.endswith("本级") else f"{self.place}{unit}"
        )
        subjects = theme.subjects
        if not self.is_xinjiang:
            subjects = tuple(s for s in subjects if s not in XINJIANG_SUBJECTS)
        subject = subjects[rng.randrange(len(subjects))]
        name = self._name(subject, project_class)
        added = project_class.endswith("added")
        direct = project_class.startswith("direct")
        adjusted = budget_fen
        draw = rng.random()
        if project_class in ADJUSTED_CLASSES and not self.plan.sends_forms and draw < 0.3:
            adjusted = max(
                MONEY_STEP_FEN,
                int(budget_fen * (0.85 + draw)) // MONEY_STEP_FEN * MONEY_STEP_FEN,
            )
        is_of_year = added or project_class == "general_new" or draw < 0.7
        year = self.fiscal_year - (0 if is_of_year else 1)
        letter = "Z" if direct else "PTTTR"[rng.randrange(5)]
        upper = f"{self.plan.bureau.code[:2]}0000"
        prefix = upper if letter == "Z" and draw < 0.5 else self.plan.bureau.code
        bureau_tail = int(self.plan.bureau.code[2:])
        fund_code, fund_type = _pick(FUND_TYPES[project_class], rng.random())
        category = "3" if direct or draw < 0.75 else "22"
        poverty = draw > 0.9
        tags = [ADDED_TAG] if added else []
        if rng.random() < 0.06:
            tags.append(("政府购买服务", "政府采购", "PPP", "政府债务")[rng.randrange(4)])
        tags_text = "；".join(tags)
        project = Project(
            code=f"{prefix}{year % 100:02d}{letter}{bureau_tail:04d}{self.number:08d}",
            name=name,
            unit_code=f"{201 + theme_index}{unit_index + 1:03d}",
            unit_name=unit,
            department_name=department,
            division=("预算处", "教科文处", "农业农村处", "社会保障处", "经济建设处")[
                theme_index % 5
            ],
            project_class=project_class,
            fund_code=fund_code,
            fund_type=fund_type,
            category=category,
            is_new=added or draw < 0.2,
            is_direct=direct,
            is_poverty=poverty,
            is_transfer=letter == "Z",
            is_confidential=draw > 0.995,
            tags=tags_text,
            initial_fen=0 if added else budget_fen,
            adjusted_fen=adjusted,
            goal_text=(
                f"目标1：完成{name}各项任务；目标2：{theme.basis}。"
            ),
        )
        if self.lined is None or self.number in self.lined:
            project.lines = self._lines(theme, max(project.initial_fen, project.adjusted_fen))
        return project

    def _unit(self, project_class: str) -> tuple[int, int, str]:
        """Theme, number within it and name of the unit of the next project.

        Where the units are counted, every one of them gets projects before chance decides.
        """
        rng = self.rng
        if not self.units:
            theme_index = rng.randrange(len(self.themes))
            units = self.themes[theme_index].units
            unit_index = rng.randrange(len(units))
            return theme_index, unit_index, units[unit_index]
        if project_class == "general_new" and self.plan.new_unit_count:
            return self.units[(self.number - 1) % self.plan.new_unit_count]
        if self.number <= 2 * len(self.units):
            return self.units[(self.number - 1) % len(self.units)]
        return self.units[rng.randrange(len(self.units))]

    def _name(self, subject: str, project_class: str) -> str:
        """A name no other project of the bureau and year has."""
        rng = self.rng
        places = PLACES if self.is_xinjiang else OTHER_PLACES
        place = places[rng.randrange(len(places))]
        if project_class == "social_insurance":
            subject = ("城乡居民基本养老保险", "城镇职工基本医疗保险", "失业保险", "工伤保险")[
                rng.randrange(4)
            ] + "基金支出"
            place = ""
        elif project_class == "state_capital":
            subject = ("国有企业改革补助", "国有企业资本金注入", "三供一业移交补助")[
                rng.randrange(3)
            ]
            place = ""
        form = rng.randrange(4)
        if form == 0:
            base = f"{self.place}{place}{subject}项目"
        elif form == 1:
            base = f"{self.fiscal_year}年{place}{subject}"
        elif form == 2:
            base = f"{place}{subject}经费"
        else:
            base = f"{place}{subject}专项资金"
        name, turn = base, 1
        while name in self.names:
            turn += 1
            name = f"{base}第{turn}批"
        self.names.add(name)
        return name

    def _lines(self, theme: Theme, budget_fen: int) -> list[Line]:
        """Six to fourteen indicator lines, in the order of the form."""
        rng, shared = self.rng, self.shared
        chosen = rng.sample(theme.outputs, min(len(theme.outputs), 3 + (rng.random() < 0.15)))
        chosen += rng.sample(shared["质量指标"], 1 + (rng.random() < 0.25))
        chosen += rng.sample(shared["时效指标"], 1 + (rng.random() < 0.2))
        chosen.append(shared["成本指标"][rng.randrange(len(shared["成本指标"]))])
        if theme.benefits:
            chosen.append(theme.benefits[rng.randrange(len(theme.benefits))])
        chosen.append(shared["社会效益指标"][rng.randrange(len(shared["社会效益指标"]))])
        if rng.random() < 0.4:
            level2 = ("经济效益指标", "生态效益指标", "可持续影响指标")[rng.randrange(3)]
            chosen.append(shared[level2][rng.randrange(len(shared[level2]))])
        satisfaction = shared["服务对象满意度指标"]
        chosen += rng.sample(satisfaction, 1 + (rng.random() < 0.12))
        seen: set[str] = set()
        chosen = [t for t in chosen if not (t.name in seen or seen.add(t.name))]
        chosen.sort(key=lambda t: LEVEL2_ORDER[t.level2])
        weights = _weights(chosen)
        if rng.random() < WRONG_WEIGHT_SHARE:
            weights[rng.randrange(len(weights))] += 5
        return [
            self._line(template, weight, budget_fen)
            for template, weight in zip(chosen, weights, strict=True)
        ]

    def _line(self, template: Template, weight: int, budget_fen: int) -> Line:
        """One line: the target drawn from its template and worded."""
        rng = self.rng
        kind, operator, unit = template.kind, template.operator, template.unit
        mark = rng.randrange(10_000)
        odd = mark % 100
        places = target = 0
        if kind == "qualitative":
            words = unit.split("|")
            text = words[mark % len(words)]
            column = self.style.place == "column"
            cells = (template.name, "定性" if column else "", text, "")
            unit = ""
        elif kind == "date":
            month = 10 + mark % 3
            year = self.fiscal_year
            text = (
                f"{year}年{month}月底前",
                f"{year}年{month}月",
                f"{year}年{month}月30日前",
                f"{month}月底前",
            )[mark % 4]
            cells = (template.name, "", text, "")
        elif odd < 2 and template.level1 == "效益指标":
            kind, operator = ("unreadable", "text") if odd else ("not_applicable", "text")
            text = ("按相关文件要求执行", "详见实施方案", "以实际发生为准")[mark % 3]
            cells = (template.name, "", text if odd else "/", "")
        else:
            if kind == "budget":
                target, places = budget_fen, 6
            elif kind == "decimal":
                low, high = int(template.low * 10), int(template.high * 10)
                target, places = low + rng.randrange(high - low + 1), 1
            else:
                low, high = int(template.low), int(template.high)
                target = low + rng.randrange(high - low + 1)
                if target > 400 and kind in ("count", "cost") and mark % 3:
                    target = target // 10 * 10
            number = number_text(target, places, self.style.thousands)
            cells = target_cells(self.style, template.name, operator, number, unit, mark)
            if cells == (template.name, "", cells[2], "") and cells[2][0] in DIGITS:
                operator = OPERATOR_WITHOUT_SIGN if cells[2][-2:] not in SUFFIXES else operator
        return Line(
            template.level1,
            template.level2,
            kind,
            operator,
            target,
            places,
            unit,
            weight,
            mark,
            *cells,
        )


def _units(themes: tuple[Theme, ...], count: int) -> list[tuple[int, int, str]]:
    """So many units: theme, number within it and name, taken from the themes in turn.

    Beyond a theme's own units come those of streets and communities.
    """
    units: list[tuple[int, int, str]] = []
    turn = 0
    while len(units) < count:
        for theme_index, theme in enumerate(themes[: count - len(units)]):
            rounds, index = divmod(turn, len(theme.units))
            name = theme.units[index]
            if rounds:
                name = f"{OTHER_PLACES[rounds - 1]}{name.removesuffix('本级')}"
            units.append((theme_index, turn, name))
        turn += 1
    return units


def _weights(templates: list[Template]) -> list[int]:
    """Whole weights that add up to 90: 50 output, 30 benefit, 10 satisfaction."""
    weights: list[int] = []
    for level1, total in LEVEL1_WEIGHTS.items():
        count = sum(1 for template in templates if template.level1 == level1)
        if count:
            share, rest = divmod(total, count)
            weights += [share + (i < rest) for i in range(count)]
    return weights


def _pick(options: tuple[tuple[str, str, float], ...], draw: float) -> tuple[str, str]:
    """The option whose cumulative share covers the draw."""
    for code, name, share in options:
        draw -= share
        if draw < 0:
            return code, name
    return options[-1][0], options[-1][1]


def line_target(line: Line) -> Fraction:
    """The target of a quantitative line as an exact number."""
    return Fraction(line.target, 10**line.places)
