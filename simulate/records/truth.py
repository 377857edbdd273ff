"""The truth: what the rows of a year's registers add up to, in plain Python.

Keys are `item.figure.split`, as in the statement's list of figures; splits are all, tier_1, lower,
tier_2 and tier_3, and a figure without rows in a split has no key there. Amounts are in yuan, rates
are fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from simulate.records.scene import Record, Register, Scene

Number = int | Decimal | Fraction | str
Truth = dict[str, Number]
REPLY_MONTHS = 2


@dataclass(frozen=True)
class Row:
    """One record with the bureau it is about.

    Attributes:
        bureau_code: the bureau that the row names, else the filer.
        tier_no: its tier.
        fields: the record.
    """

    bureau_code: str
    tier_no: int
    fields: Record

    def __getitem__(self, name: str) -> object:
        """A field's value, None where the row has none."""
        return self.fields.get(name)

    @property
    def unit(self) -> tuple[str, object]:
        """The unit, told apart by its bureau."""
        return self.bureau_code, self["unit_code"] or self["unit_name"]


Measure = Callable[[list[Row]], Number | None]
Condition = Callable[[Row], object]


class Book:
    """The rows of a year by kind."""

    def __init__(self, scene: Scene, registers: Iterable[Register]) -> None:
        """Sort the rows of the registers.

        Args:
            scene: the work year.
            registers: its registers.
        """
        tiers = {bureau.code: bureau.tier_no for bureau in scene.bureaus}
        self.work_year = scene.work_year
        self.projects = scene.projects
        self.bureaus = scene.bureaus
        self._rows: dict[str, list[Row]] = {}
        self.months: dict[str, set[int | None]] = {}
        for register in registers:
            rows = self._rows.setdefault(register.kind, [])
            self.months.setdefault(register.kind, set()).add(register.month_no)
            for fields in register.rows:
                code = str(fields.get("subject_bureau_code") or register.filer.code)
                rows.append(Row(code, tiers[code], fields))

    def rows(self, kind: str, condition: Condition | None = None) -> list[Row]:
        """Rows of a kind.

        Args:
            kind: document kind.
            condition: which of them; None for all.
        """
        rows = self._rows.get(kind, [])
        return rows if condition is None else [row for row in rows if condition(row)]


SPLITS: Mapping[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "tier_1": lambda row: row.tier_no == 1,
    "lower": lambda row: row.tier_no > 1,
    "tier_2": lambda row: row.tier_no == 2,
    "tier_3": lambda row: row.tier_no == 3,
}


def year_truth(scene: Scene, registers: list[Register], earlier: list[Book]) -> Truth:
    """The figures that rest on registers alone.

    Args:
        scene: the work year.
        registers: its registers.
        earlier: earlier years of the statement, for figures over a cycle.

    Returns:
        Figures by `item.figure.split`.
    """
    book = Book(scene, registers)
    truth: Truth = {}
    TRUTHS[scene.statement](book, truth, earlier)
    return truth


def _put(truth: Truth, name: str, rows: list[Row], measure: Measure, *, tiers: bool) -> None:
    """Measure rows over all and, where wanted, by tier."""
    for split, condition in SPLITS.items():
        if split != "all" and not tiers:
            break
        chosen = rows if split == "all" else [row for row in rows if condition(row)]
        value = measure(chosen) if chosen else None
        if value is not None:
            truth[f"{name}.{split}"] = value


# --- measures -------------------------------------------------------------------------------------


def _count(rows: list[Row]) -> int:
    return len(rows)


def _distinct(value: Callable[[Row], object]) -> Measure:
    return lambda rows: len({value(row) for row in rows} - {None})


def _field(name: str) -> Callable[[Row], object]:
    return lambda row: row[name]


def _is(name: str, *values: object) -> Condition:
    return lambda row: row[name] in values


def _sum(name: str) -> Measure:
    return lambda rows: sum(row[name] or 0 for row in rows)


def _yuan(name: str) -> Measure:
    """Amounts are kept in fen."""
    return lambda rows: Decimal(sum(row[name] or 0 for row in rows)) / 100


def _mean(name: str) -> Measure:
    def measure(rows: list[Row]) -> Fraction | None:
        values = [Fraction(row[name]) for row in rows if row[name] is not None]
        return Fraction(sum(values)) / len(values) if values else None

    return measure


def _rate(condition: Condition) -> Measure:
    return lambda rows: Fraction(sum(bool(condition(row)) for row in rows), len(rows))


BUREAUS = _distinct(lambda row: row.bureau_code)
UNITS = _distinct(lambda row: row.unit)


def _both(*conditions: Condition) -> Condition:
    return lambda row: all(condition(row) for condition in conditions)


def _is_on_time(row: Row) -> bool:
    return row["done_date"] is not None and row["done_date"] <= row["due_date"]


def _material(row: Row) -> tuple[object, ...]:
    return row["stage"], row["object_type"], row["unit_code"], row["object_code"]


def _reply_due(row: Row) -> date:
    """Two months after the report, the last day of a shorter month."""
    reported = row["report_date"]
    month = reported.month + REPLY_MONTHS
    year, month = reported.year + (month - 1) // 12, (month - 1) % 12 + 1
    for day in range(reported.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise ValueError(f"no day of {year}-{month}")


# --- the statements -------------------------------------------------------------------------------


def _xinjiang(book: Book, truth: Truth, earlier: list[Book]) -> None:
    def put(
        name: str,
        kind: str,
        measure: Measure = _count,
        condition: Condition | None = None,
        *,
        tiers: bool = False,
    ) -> None:
        _put(truth, name, book.rows(kind, condition), measure, tiers=tiers)

    plan = _is("task_type", "重点任务", "子任务")
    put("S0-01.major_task_count", "work_task", _count, _is("task_type", "重点任务"))
    put("S0-01.sub_task_count", "work_task", _count, _is("task_type", "子任务"))
    put("S0-01.on_time_rate", "work_task", _rate(_is_on_time), plan)
    put("S0-02.master_ledger_count", "work_task", BUREAUS, plan)
    ledger = _is("task_type", "台账任务")
    put("S0-02.detail_ledger_count", "work_task", BUREAUS, ledger)
    put("S0-02.ledger_on_time_rate", "work_task", _rate(_is_on_time), ledger, tiers=True)
    put("S0-02.ledger_mean_score", "work_task", _mean("score"), ledger, tiers=True)

    reviewed = _is("review_type", "逐项复核")
    put("S0-03.reviewed_project_count", "goal_review", _count, reviewed, tiers=True)
    put("S0-03.reviewed_rate", "goal_review", _rate(_field("review_date")), reviewed, tiers=True)
    put(
        "S0-03.rectified_rate",
        "goal_review",
        _rate(_field("rectified_date")),
        _both(reviewed, lambda row: row["issue_count"] > 0),
        tiers=True,
    )
    for figure, document_type in (
        ("mechanism_count", "工作机制"),
        ("method_count", "管理办法"),
        ("normative_document_count", "规范性文件"),
    ):
        put(f"S0-04.{figure}", "policy_register", _count, _is("document_type", document_type))
    common = _is("library_class", "共性")
    put("S0-05.industry_count", "indicator_library", _distinct(_field("industry")), common)
    put("S0-05.indicator_count", "indicator_library", _count, common)

    put("S0-06.review_stage_count", "review_score", _distinct(_field("stage")))
    put("S0-06.reviewed_material_count", "review_score", _distinct(_material), tiers=True)
    put("S0-06.mean_score_rate", "review_score", _score_rate, tiers=True)
    third_party = _is("evaluation_type", "第三方评价")
    put("S0-07.third_party_evaluation_count", "evaluation", _count, third_party)
    put("S0-07.third_party_amount", "evaluation", _yuan("amount"), third_party)
    put("S0-08.assessed_count", "ex_ante_assessment", tiers=True)
    put("S0-10.item_count", "transfer_item", _distinct(_field("item_code")))
    put("S0-10.amount", "transfer_item", _yuan("amount"))
    put(
        "S0-10.issued_rate",
        "transfer_item",
        _rate(lambda row: row["has_regional_goal"] and row["has_project_goal"]),
    )
    evaluated = _is("evaluation_type", "部门评价")
    put("S0-15.department_evaluation_count", "evaluation", _count, evaluated, tiers=True)
    truth["S0-15.unit_pass_rate.all"] = _department_pass_rate(book)
    own = _is("stage", "自评")
    put("S0-16.aspect_count", "review_score", _distinct(_field("aspect")), own)
    put(
        "S0-16.item_count",
        "review_score",
        _distinct(lambda row: (row["aspect"], row["item"])),
        own,
    )
    forms = _is("object_type", "自评表")
    reports = _is("object_type", "评价报告")
    put("S0-16.reviewed_form_count", "review_score", _distinct(_material), forms, tiers=True)
    put("S0-16.reviewed_report_count", "review_score", _distinct(_material), reports, tiers=True)
    transfers = _both(_is("evaluation_type", "单位自评"), _is("object_type", "专项转移支付"))
    put("S0-17.transfer_item_count", "evaluation", _distinct(_field("object_code")), transfers)
    put("S0-17.transfer_mean_score", "evaluation", _mean("score"), transfers)
    put("S0-17.transfer_excellent_rate", "evaluation", _rate(_is("grade", "优")), transfers)

    cut = _both(
        lambda row: (row["cut"] or 0) > 0, _is("budget_year", book.work_year + 1)
    )
    put("S0-18.cut_unit_count", "result_application", UNITS, cut, tiers=True)
    put("S0-18.cut_amount", "result_application", _yuan("cut"), cut, tiers=True)
    low = _both(cut, lambda row: row["score"] < 80)
    put("S0-19.low_score_project_count", "result_application", _count, low, tiers=True)
    put("S0-19.low_score_cut_amount", "result_application", _yuan("cut"), low, tiers=True)
    put("S0-20.goal_unit_count", "overall_goal", UNITS, tiers=True)
    put("S0-20.monitored_unit_count", "overall_monitoring", UNITS, tiers=True)
    put("S0-20.self_evaluated_unit_count", "overall_self_evaluation", UNITS, tiers=True)
    put("S0-20.registered_unit_count", "unit_register", UNITS, tiers=True)
    for figure, stage in (
        ("goal_reviewed_count", "目标"),
        ("monitoring_reviewed_count", "监控"),
        ("self_evaluation_reviewed_count", "自评"),
    ):
        put(
            f"S0-23.{figure}",
            "goal_review",
            _distinct(_field("project_code")),
            _both(_is("review_type", "动态监测审核"), _is("stage", stage)),
        )
    put(
        "S0-25.reviewed_department_count",
        "goal_review",
        _distinct(_field("department_name")),
        _is("review_type", "全面审核"),
        tiers=True,
    )
    put("S0-26.sampled_count", "sampling_result", tiers=True)
    put("S0-26.sampled_bureau_count", "sampling_result", BUREAUS, tiers=True)
    put(
        "S0-26.rectified_rate",
        "sampling_result",
        _rate(_field("rectified_date")),
        _field("returned_date"),
        tiers=True,
    )
    _put_sampled_rates(book, truth)
    effect = _is("evaluation_type", "实效评价")
    put("S0-27.evaluated_bureau_count", "evaluation", BUREAUS, effect, tiers=True)
    put("S0-27.mean_score", "evaluation", _mean("score"), effect, tiers=True)
    put("S0-28.archived_document_count", "archive_catalogue", _sum("document_count"))
    put(
        "S0-29.unit_bureau_count",
        "institution",
        BUREAUS,
        lambda row: row["has_unit"] and row.tier_no <= 2,
    )
    staffed: Condition = lambda row: row["has_unit"] or row["staff_count"] > 0  # noqa: E731
    put(
        "S0-29.county_bureau_count",
        "institution",
        BUREAUS,
        _both(staffed, lambda row: row.tier_no == 3),
    )
    put("S0-29.institution_rate", "institution", _rate(staffed), tiers=True)
    put("S0-30.agency_count", "agency")
    put("S0-30.disclosed_agency_count", "agency", _count, _field("is_disclosed"))
    put(
        "S0-31.deployed_bureau_count",
        "institution",
        BUREAUS,
        _field("is_system_deployed"),
        tiers=True,
    )
    put("S0-32.session_count", "training", _sum("session_count"), tiers=True)
    put("S0-32.person_times", "training", _sum("person_times"), tiers=True)
    _put_disclosure(book, truth, "S0-33", tiers=True)
    put("S0-34.rank", "reported_figure", _sum("figure_value"), _is("figure_name", "考核排名"))
    put(
        "S0-34.ranked_region_count",
        "reported_figure",
        _sum("figure_value"),
        _is("figure_name", "参加考核地区数"),
    )
    put("S0-34.band", "reported_figure", lambda rows: str(rows[0]["figure_text"]))
    put("S0-36.evaluated_bureau_count", "fiscal_operation_indicator", BUREAUS, tiers=True)
    compliance = _is("task_type", "达标事项")
    put("S0-37.compliance_item_count", "work_task", _count, compliance, tiers=True)
    put("S0-37.on_time_rate", "work_task", _rate(_is_on_time), compliance, tiers=True)
    articles = _is("report_type", "宣传稿件")
    put("S0-38.article_count", "report_register", _count, articles)
    put("S0-38.adopted_count", "report_register", _sum("is_adopted"), articles)


def _zhejiang(book: Book, truth: Truth, earlier: list[Book]) -> None:
    def put(
        name: str,
        kind: str,
        measure: Measure = _count,
        condition: Condition | None = None,
        *,
        tiers: bool = False,
    ) -> None:
        _put(truth, name, book.rows(kind, condition), measure, tiers=tiers)

    for figure, library_class in (
        ("common_indicator_count", "共性"),
        ("individual_indicator_count", "个性"),
        ("special_indicator_count", "专项"),
    ):
        put(f"S1-01.{figure}", "indicator_library", _count, _is("library_class", library_class))
    reforms, pilots = _is("task_type", "改革任务"), _is("task_type", "试点")
    put("S1-02.reform_aspect_count", "work_task", _distinct(_field("aspect")), reforms)
    put("S1-02.reform_task_count", "work_task", _count, reforms)
    put("S1-02.reform_done_rate", "work_task", _rate(_field("done_date")), reforms)
    put("S1-02.pilot_count", "work_task", _count, pilots, tiers=True)
    put("S1-02.pilot_bureau_count", "work_task", BUREAUS, pilots, tiers=True)
    put(
        "S1-03.investment_assessment_count",
        "ex_ante_assessment",
        _count,
        _is("object_type", "重大投资"),
    )
    put("S1-04.reviewed_count", "goal_review", tiers=True)
    put(
        "S1-04.state_capital_reviewed_count",
        "goal_review",
        _count,
        _is("fund_type", "国有资本经营预算"),
        tiers=True,
    )
    put(
        "S1-06.key_monitored_fund_count",
        "special_fund",
        _count,
        _field("is_key_monitored"),
        tiers=True,
    )
    steps = ("self_check_date", "division_review_date", "supervision_date")
    is_complete: Condition = lambda row: all(row[step] for step in steps)  # noqa: E731
    put("S1-08.policy_count", "policy_review", tiers=True)
    put("S1-08.three_step_count", "policy_review", _count, is_complete, tiers=True)
    put("S1-08.three_step_rate", "policy_review", _rate(is_complete), tiers=True)
    spots = _is("evaluation_type", "抽评")
    put("S1-10.spot_evaluation_count", "evaluation", _count, spots, tiers=True)
    for figure, method in (("random_count", "随机"), ("recommended_count", "推荐")):
        put(
            f"S1-10.{figure}",
            "evaluation",
            _count,
            _both(spots, _is("selection_method", method)),
            tiers=True,
        )
    _put_spot_rates(book, truth)
    key = _is("evaluation_type", "重点评价")
    put("S1-11.key_evaluation_count", "evaluation", _count, key, tiers=True)
    put("S1-11.spot_evaluation_count", "evaluation", _count, spots, tiers=True)
    funds = {row["fund_code"] for row in book.rows("special_fund")}
    evaluated = {
        row["object_code"]
        for row in book.rows("evaluation", _is("evaluation_type", "部门评价", "财政评价"))
    }
    truth["S1-12.evaluated_in_cycle_rate.all"] = Fraction(len(funds & evaluated), len(funds))
    overall = _is("object_type", "部门整体")
    put("S1-13.overall_evaluation_count", "evaluation", _count, overall, tiers=True)
    put("S1-13.overall_mean_score", "evaluation", _mean("score"), overall, tiers=True)
    put("S1-14.evaluated_bureau_count", "fiscal_operation_indicator", BUREAUS, tiers=True)
    put(
        "S1-14.automation_rate",
        "fiscal_operation_indicator",
        _rate(_field("is_automated")),
        tiers=True,
    )
    put(
        "S1-14.township_count",
        "fiscal_operation_indicator",
        _distinct(lambda row: row["township_name"] and (row.bureau_code, row["township_name"])),
        tiers=True,
    )
    special = _is("report_type", "专报")
    put("S1-15.special_report_count", "report_register", _count, special, tiers=True)
    put(
        "S1-15.instructed_report_count",
        "report_register",
        _count,
        _both(special, _field("is_instructed")),
        tiers=True,
    )
    cleared = _is("action", "清理")
    put("S1-17.cleared_policy_count", "policy_review", _count, cleared, tiers=True)
    put(
        "S1-17.haining_cleared_policy_count",
        "policy_review",
        _count,
        _both(cleared, lambda row: row.bureau_code == "330481"),
    )
    put("S1-18.due_problem_count", "rectification", tiers=True)
    put("S1-18.replied_rate", "rectification", _rate(_field("reply_date")), tiers=True)
    _put_disclosure(book, truth, "S1-19", tiers=True)
    _put(
        truth,
        "S1-19.ruian_published_rate",
        book.rows(
            "disclosure", lambda row: row.bureau_code == "330381" and not row["is_confidential"]
        ),
        _rate(_field("published_date")),
        tiers=False,
    )
    regions = _is("object_type", "地区")
    put("S1-20.assessed_bureau_count", "assessment", BUREAUS, regions, tiers=True)
    put("S1-21.credit_agency_count", "agency", _count, _field("integrity_score"))
    put("S1-21.credit_mean_score", "agency", _mean("integrity_score"))
    put(
        "S1-22.deployed_bureau_count",
        "institution",
        BUREAUS,
        _field("is_system_deployed"),
        tiers=True,
    )
    put(
        "S1-23.shaoxing_insurance_bureau_count",
        "evaluation",
        BUREAUS,
        _both(_is("object_type", "社会保险基金"), lambda row: row.bureau_code[:4] == "3306"),
    )
    put(
        "S1-23.dinghai_bond_count",
        "evaluation",
        _count,
        _both(_is("object_type", "专项债券"), lambda row: row.bureau_code == "330902"),
    )
    put(
        "S1-24.congress_report_count",
        "evaluation",
        _count,
        _field("is_congress_reported"),
        tiers=True,
    )


def _qingdao(book: Book, truth: Truth, earlier: list[Book]) -> None:
    def put(
        name: str,
        kind: str,
        measure: Measure = _count,
        condition: Condition | None = None,
        *,
        tiers: bool = True,
    ) -> None:
        _put(truth, name, book.rows(kind, condition), measure, tiers=tiers)

    put("S2-01.goal_unit_count", "overall_goal", UNITS)
    goals, registered = book.rows("overall_goal"), book.rows("unit_register", _at_tier(1))
    truth["S2-01.goal_unit_rate.tier_1"] = Fraction(UNITS(goals), UNITS(registered))
    put("S2-02.monitored_unit_count", "overall_monitoring", UNITS)
    put("S2-02.self_evaluated_unit_count", "overall_self_evaluation", UNITS)
    overall = _is("object_type", "部门整体")
    for figure, kind in (
        ("department_evaluation_count", "部门评价"),
        ("finance_evaluation_count", "财政评价"),
    ):
        put(f"S2-02.{figure}", "evaluation", _count, _both(overall, _is("evaluation_type", kind)))
    lower = _is("object_type", "下级政府")
    put("S2-03.government_evaluation_count", "evaluation", _count, lower, tiers=False)
    put("S2-03.evaluated_bureau_count", "evaluation", BUREAUS, lower, tiers=False)
    put("S2-04.assessed_count", "ex_ante_assessment")
    put("S2-06.adjustment_count", "budget_adjustment")
    put("S2-06.adjusted_goal_rate", "budget_adjustment", _rate(_field("has_adjusted_goal")))
    put(
        "S2-06.goal_reviewed_rate",
        "budget_adjustment",
        _rate(_field("is_goal_reviewed")),
        _field("has_adjusted_goal"),
    )
    put("S2-07.key_monitored_fund_count", "special_fund", _count, _field("is_key_monitored"))
    funds = {row["fund_code"] for row in book.rows("special_fund")}
    books = [*earlier, book]
    monitored = {
        row["fund_code"]
        for each in books
        for row in each.rows("special_fund", _field("is_key_monitored"))
    }
    truth["S2-07.key_monitored_in_cycle_rate.all"] = Fraction(len(funds & monitored), len(funds))
    scored = _both(_is("evaluation_type", "单位自评"), _is("object_type", "专项资金"))
    put(
        "S2-09.self_scored_fund_count",
        "evaluation",
        _distinct(_field("object_code")),
        scored,
        tiers=False,
    )
    put("S2-09.fund_count", "special_fund", tiers=False)
    for figure, kind in (("department", "部门评价"), ("finance", "财政评价")):
        of_year = [
            {row["object_code"] for row in each.rows("evaluation", _is("evaluation_type", kind))}
            & funds
            for each in books
        ]
        share = Fraction(len(of_year[-1]), len(funds))
        truth[f"S2-10.{figure}_evaluated_share.all"] = share
        truth[f"S2-10.{figure}_cycle_share.all"] = Fraction(
            len(set().union(*of_year)), len(funds)
        )
    _put_disclosure(book, truth, "S2-12", tiers=True)
    put("S2-13.special_indicator_count", "indicator_library", _count, _is("library_class", "专项"))
    put("S2-14.deployed_bureau_count", "institution", BUREAUS, _field("is_system_deployed"))
    put("S2-15.agency_count", "agency", tiers=False)
    put("S2-15.agency_mean_score", "agency", _mean("quality_score"), tiers=False)
    put("S2-16.assessed_count", "assessment")
    put("S2-16.bulletined_count", "assessment", _count, _field("is_bulletined"))
    put("S2-16.rectify_due_count", "assessment", _count, _field("rectify_due_date"))
    put("S2-16.audit_problem_count", "rectification", _count, _is("source_type", "审计问题"))
    put("S2-17.task_count", "work_task")
    put("S2-17.due_done_rate", "work_task", _rate(_field("done_date")))


def _kunming(book: Book, truth: Truth, earlier: list[Book]) -> None:
    def put(
        name: str,
        kind: str,
        measure: Measure = _count,
        condition: Condition | None = None,
    ) -> None:
        _put(truth, name, book.rows(kind, condition), measure, tiers=False)

    review = _is("review_type", "财政审核")
    put("S3-01.unit_count", "goal_review", UNITS, review)
    put("S3-01.project_count", "goal_review", _count, review)
    put("S3-01.applied_amount", "goal_review", _yuan("applied_budget"), review)
    put(
        "S3-01.general_applied_amount",
        "goal_review",
        _yuan("applied_budget"),
        _both(review, _is("fund_type", "一般公共预算")),
    )
    put("S3-02.suggested_amount", "goal_review", _yuan("suggested_budget"), review)
    put("S3-02.cut_amount", "goal_review", _yuan("cut"), review)
    put(
        "S3-02.cut_rate",
        "goal_review",
        lambda rows: Fraction(_sum("cut")(rows), _sum("applied_budget")(rows)),
        review,
    )
    put("S3-03.unit_count", "ex_ante_assessment", UNITS)
    put("S3-03.project_count", "ex_ante_assessment")
    put("S3-03.requested_amount", "ex_ante_assessment", _yuan("requested_budget"))
    put("S3-03.expert_count", "expert_score", _distinct(_field("expert_name")))
    put("S3-03.mean_score", "ex_ante_assessment", _mean("total_score"))
    put("S3-03.expert_mean_score", "expert_score", _mean("score"))
    put("S3-03.excellent_count", "ex_ante_assessment", _count, _is("grade", "优"))
    reports = _is("report_type", "监控报告")
    put("S3-04.monitoring_report_count", "report_register", _count, reports)
    by_unit: dict[object, int] = {}
    for row in book.rows("report_register", reports):
        by_unit[row.unit] = by_unit.get(row.unit, 0) + 1
    truth["S3-04.two_report_unit_count.all"] = sum(count >= 2 for count in by_unit.values())
    key = _is("evaluation_type", "重点评价")
    departments = _both(key, _is("object_type", "部门整体"))
    projects = _both(key, _is("object_type", "项目"))
    put("S3-05.department_count", "evaluation", _count, departments)
    put("S3-05.department_good_count", "evaluation", _count, _both(departments, _is("grade", "良")))
    put("S3-05.project_count", "evaluation", _count, projects)
    put("S3-05.project_amount", "evaluation", _yuan("amount"), projects)
    put("S3-05.project_excellent_count", "evaluation", _count, _both(projects, _is("grade", "优")))
    put("S3-05.project_good_count", "evaluation", _count, _both(projects, _is("grade", "良")))
    put("S3-05.excellent_rate", "evaluation", _rate(_is("grade", "优")), key)
    put("S3-06.due_problem_count", "rectification")
    put(
        "S3-06.replied_in_time_rate",
        "rectification",
        _rate(lambda row: row["reply_date"] and row["reply_date"] <= _reply_due(row)),
    )
    put("S3-07.verified_count", "rectification", _count, _field("verified_date"))
    put("S3-07.open_count", "rectification", _count, _is("verified_date", None))
    put("S3-07.payment_held_count", "rectification", _count, _field("is_payment_held"))
    put("S3-09.assessed_count", "assessment")
    put("S3-10.archived_document_count", "archive_catalogue", _sum("document_count"))
    put("S3-10.indicator_count", "indicator_library")
    _put_disclosure(book, truth, "S3-11", tiers=False)
    put("S3-13.indicator_set_count", "policy_register", _count, _is("document_type", "指标体系"))
    put("S3-13.session_count", "training", _sum("session_count"))
    put("S3-14.policy_review_count", "policy_review")
    put("S3-14.topic_evaluation_count", "evaluation", _count, _is("object_type", "专题"))
    put(
        "S3-15.comprehensive_report_count",
        "report_register",
        _count,
        _is("report_type", "综合报告"),
    )


def _urumqi(book: Book, truth: Truth, earlier: list[Book]) -> None:
    def put(
        name: str,
        kind: str,
        measure: Measure = _count,
        condition: Condition | None = None,
    ) -> None:
        _put(truth, name, book.rows(kind, condition), measure, tiers=False)

    put("S4-01.overall_unit_count", "overall_goal", UNITS)
    aspects = ("necessity", "economy", "goal", "plan", "funding")
    put(
        "S4-02.scored_count",
        "ex_ante_assessment",
        _count,
        lambda row: all(row[f"{aspect}_score"] is not None for aspect in aspects),
    )
    for aspect in aspects:
        put(f"S4-02.{aspect}_mean_score", "ex_ante_assessment", _mean(f"{aspect}_score"))
    monitored = _is("stage", "监控")
    put("S4-04.reviewed_unit_count", "review_score", UNITS, monitored)
    for figure, object_type in (
        ("general_reviewed_count", "一般项目"),
        ("transfer_reviewed_count", "转移支付项目"),
    ):
        put(
            f"S4-04.{figure}",
            "review_score",
            _distinct(_material),
            _both(monitored, _is("object_type", object_type)),
        )
    put("S4-04.mean_score_rate", "review_score", _score_rate, monitored)
    put("S4-06.archived_object_count", "archive_catalogue", _distinct(_field("object_name")))
    put("S4-06.archived_document_count", "archive_catalogue", _sum("document_count"))
    put("S4-07.unit_count", "onsite_check", UNITS)
    put("S4-07.project_count", "onsite_check")
    put("S4-07.amount", "onsite_check", _yuan("amount"))
    put("S4-07.due_date", "onsite_check", lambda rows: str(max(row["due_date"] for row in rows)))
    put("S4-13.summary_report_count", "report_register", _count, _is("report_type", "年度总结报告"))
    put("S4-14.application_count", "result_application")
    put("S4-14.cut_amount", "result_application", _yuan("cut"))
    put("S4-14.recovered_amount", "result_application", _yuan("recovered"))
    put("S4-15.signed_count", "archive_catalogue", _count, _field("is_signed"))
    put("S4-15.signed_rate", "archive_catalogue", _rate(_field("is_signed")))
    third_party = _rate(_field("is_third_party"))
    put("S4-16.goal_third_party_rate", "goal_review", third_party)
    put("S4-16.monitoring_third_party_rate", "review_score", third_party, monitored)
    put("S4-16.evaluation_third_party_rate", "review_score", third_party, _is("stage", "自评"))
    for figure, name in (
        ("preliminary_count", "preliminary_finding"),
        ("exchanged_count", "exchange_date"),
        ("concluded_count", "conclusion"),
        ("reported_count", "report_date"),
    ):
        put(f"S4-17.{figure}", "onsite_check", _count, _field(name))
    put("S4-18.survey_sample_count", "archive_catalogue", _sum("survey_sample_count"))
    surveyed = book.rows("archive_catalogue", _field("survey_sample_count"))
    samples = sum(row["survey_sample_count"] for row in surveyed)
    truth["S4-18.satisfaction_rate.all"] = (
        sum(Fraction(row["satisfaction_rate"]) * row["survey_sample_count"] for row in surveyed)
        / samples
        / 100
    )
    _put_disclosure(book, truth, "S4-19", tiers=False)


TRUTHS: Mapping[str, Callable[[Book, Truth, list[Book]], None]] = {
    "xinjiang-2020": _xinjiang,
    "zhejiang-2021": _zhejiang,
    "qingdao-2022": _qingdao,
    "kunming-edz-2021": _kunming,
    "urumqi-htz-2022": _urumqi,
}


# --- figures that several statements have, or that need the projects ------------------------------


def _at_tier(tier_no: int) -> Condition:
    return lambda row: row.tier_no == tier_no


def _score_rate(rows: list[Row]) -> Fraction:
    """Points given of points there are; every item has been scored."""
    return Fraction(sum(row["score"] for row in rows), sum(row["full_score"] for row in rows))


def _put_disclosure(book: Book, truth: Truth, item: str, *, tiers: bool) -> None:
    """What was published of what is not confidential, and units with two self-evaluations."""
    rows = book.rows("disclosure", lambda row: not row["is_confidential"])
    published: Condition = _field("published_date")

    def put(figure: str, measure: Measure, chosen: list[Row]) -> None:
        _put(truth, f"{item}.{figure}", chosen, measure, tiers=tiers)

    put("published_count", _count, [row for row in rows if published(row)])
    put("published_rate", _rate(published), rows)
    put("congress_reported_count", _count, [row for row in rows if row["is_congress_reported"]])
    own = [row for row in rows if row["document_type"] == "项目绩效自评" and published(row)]
    put("published_self_evaluation_count", _count, own)
    by_unit: dict[object, list[Row]] = {}
    for row in own:
        by_unit.setdefault(row.unit, []).append(row)
    put("two_published_unit_count", _count, [r[0] for r in by_unit.values() if len(r) >= 2])


def _department_pass_rate(book: Book) -> Fraction:
    """Departments whose evaluated projects have at least a fifth of their project money."""
    year = book.work_year - 1
    budgets: dict[tuple[str, str], int] = {}
    owners: dict[tuple[str, str], tuple[str, str, int]] = {}
    for bureau in book.bureaus:
        for project in book.projects.of(bureau.code, year):
            key = bureau.code, project.department_name
            budgets[key] = budgets.get(key, 0) + project.adjusted_fen
            owners[bureau.code, project.code] = (*key, project.adjusted_fen)
    evaluated: dict[tuple[str, str], int] = {}
    for row in book.rows("evaluation", _is("evaluation_type", "部门评价")):
        owner = owners.get((row.bureau_code, str(row["object_code"])))
        if owner and row["evaluated_year"] == year:
            key = owner[0], owner[1]
            evaluated[key] = evaluated.get(key, 0) + owner[2]
    passed = sum(5 * evaluated.get(key, 0) >= budget for key, budget in budgets.items())
    return Fraction(passed, len(budgets)) if budgets else Fraction(0)


def _put_sampled_rates(book: Book, truth: Truth) -> None:
    """Sampled projects of the projects monitored, and bureaus below a tenth."""
    sampled: dict[str, int] = {}
    for row in book.rows("sampling_result"):
        sampled[row.bureau_code] = sampled.get(row.bureau_code, 0) + 1
    lower = [bureau for bureau in book.bureaus if bureau.tier_no > 1]
    population = {
        b.code: sum(p.is_monitored for p in book.projects.of(b.code, book.work_year))
        for b in lower
    }
    truth["S0-26.sampled_rate.lower"] = Fraction(
        sum(sampled.values()), sum(population.values())
    )
    truth["S0-26.below_rate_bureau_count.lower"] = sum(
        10 * sampled.get(code, 0) < count for code, count in population.items()
    )


def _put_spot_rates(book: Book, truth: Truth) -> None:
    """Spot-evaluated projects of the projects with a self-evaluation."""
    for split, tier_one in (("tier_1", True), ("lower", False)):
        population = {
            (bureau.code, project.code)
            for bureau in book.bureaus
            if (bureau.tier_no == 1) == tier_one
            for project in book.projects.of(bureau.code, book.work_year - 1)
            if project.is_self_evaluated
        }
        spots = {
            (row.bureau_code, row["object_code"])
            for row in book.rows("evaluation", _is("evaluation_type", "抽评"))
        }
        if population:
            truth[f"S1-10.spot_rate.{split}"] = Fraction(
                len(spots & population), len(population)
            )
