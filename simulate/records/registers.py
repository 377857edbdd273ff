"""Plain registers: rules, indicators, policies, agencies, institutions, archives, reports."""

from __future__ import annotations

import random
from datetime import date

from simulate.allotment import split_exactly
from simulate.calibration import MONEY_STEP_FEN
from simulate.projects import load_themes
from simulate.records.evaluation import agency_names
from simulate.records.figures import words
from simulate.records.funds import fund_registers
from simulate.records.scene import (
    OutsideProjects,
    Record,
    Register,
    Scene,
    day_in,
    place_of,
    score_in,
    skewed,
)
from simulate.roster import Bureau


def plain_registers(scene: Scene) -> list[Register]:
    """The root's plain registers and the disclosure ledgers of every bureau.

    Args:
        scene: the work year.

    Returns:
        Those for which the year has figures.
    """
    registers = []
    for kind, title, rows in (
        ("policy_register", "制度办法清单", _policies(scene)),
        ("indicator_library", "预算绩效指标库", _library(scene)),
        ("agency", "第三方机构名录", _agencies(scene)),
        ("institution", "绩效管理机构人员情况表", _institutions(scene)),
        ("training", "预算绩效管理培训情况表", _training(scene)),
        ("archive_catalogue", "绩效管理基础档案目录", _archive(scene)),
        ("fiscal_operation_indicator", "财政运行综合绩效指标表", _fiscal_operation(scene)),
        ("report_register", "绩效报告报送台账", _reports(scene)),
        ("reported_figure", "其他数字登记表", _reported_figures(scene)),
    ):
        if rows:
            registers.append(Register(kind, scene.work_year, scene.root, title, rows))
    return [
        *registers,
        *fund_registers(scene),
        *_policy_reviews(scene),
        *_disclosures(scene),
    ]


def _subject(bureau: Bureau) -> Record:
    """The bureau that a row is about."""
    return {"subject_bureau_code": bureau.code, "subject_bureau_name": bureau.name}


# --- rules and indicators -------------------------------------------------------------------------


def _policies(scene: Scene) -> list[Record]:
    """Mechanisms, methods, normative documents and indicator sets issued in the year."""
    rng = scene.rng("policy_register")
    place = place_of(scene.root, is_root=True)
    rows: list[Record] = []
    for name, document_type, series, ending in (
        ("policy.mechanism_count", "工作机制", "policy_mechanism", "工作机制（试行）"),
        ("policy.method_count", "管理办法", "policy_topic", "办法"),
        ("policy.norm_count", "规范性文件", "policy_norm", ""),
        ("policy.indicator_set_count", "指标体系", "policy_norm", "（参考指标体系）"),
    ):
        for topic in words(series)[: scene.figures.count(name)]:
            number = len(rows) + 1
            rows.append(
                {
                    "document_name": f"{place}{topic}{ending}",
                    "document_no": f"虚财绩〔{scene.work_year}〕{number}号",
                    "document_type": document_type,
                    "issued_by": f"{place}财政部门",
                    "issue_date": day_in(
                        rng, date(scene.work_year, 1, 8), date(scene.work_year, 12, 21)
                    ),
                }
            )
    return rows


def _library(scene: Scene) -> list[Record]:
    """Indicators by class; names that bureaus use first, so that a part of them matches."""
    rows: list[Record] = []
    for library_class, name in (
        ("共性", "library.common_count"),
        ("个性", "library.individual_count"),
        ("专项", "library.special_count"),
    ):
        count = scene.figures.count(name)
        industries = words("industry")[: scene.figures.count("library.industry_count") or None]
        known = _known_indicators() if library_class == "共性" else []
        stems, levels = words("library_stem"), words("library_level")
        names: set[str] = set()
        for index in range(count):
            industry = industries[index % len(industries)]
            lap = index // len(industries)
            if lap < 4 and index < len(known):
                level1, level2, indicator = known[index]
            else:
                level1, level2 = levels[(index + lap) % len(levels)].split("/")
                indicator = f"{industry}{stems[lap % len(stems)]}"
            if indicator in names:
                indicator = f"{indicator}（{library_class}{lap + 1}）"
            names.add(indicator)
            rows.append(
                {
                    "library_class": library_class,
                    "industry": industry,
                    "level1": level1,
                    "level2": level2,
                    "indicator_name": indicator,
                    "document_no": f"虚财预〔{scene.work_year}〕73号",
                }
            )
    return rows


def _known_indicators() -> list[tuple[str, str, str]]:
    """Indicators of the simulation's own vocabulary, by level."""
    themes, shared = load_themes()
    templates = [t for level2 in shared.values() for t in level2]
    templates += [t for theme in themes for t in (*theme.outputs, *theme.benefits)]
    return [(t.level1, t.level2, t.name) for t in templates]


# --- policies -------------------------------------------------------------------------------------


def _policy_reviews(scene: Scene) -> list[Register]:
    """Policies reviewed by the root, and the list of a county that cleared its own."""
    registers = []
    sorts = [(scene.root, scene.figures.count("policy_review.count"), "保留", "政策绩效审查清单")]
    for code in scene.figures.codes("policy_review.cleared.bureau"):
        count = scene.figures.count("policy_review.cleared.count")
        sorts.append((scene.bureau(code), count, "清理", "政策调整清单"))
    for bureau, count, action, title in sorts:
        rows = _reviewed_policies(scene, bureau, count, action)
        if rows:
            registers.append(Register("policy_review", scene.work_year, bureau, title, rows))
    return registers


def _reviewed_policies(scene: Scene, bureau: Bureau, count: int, action: str) -> list[Record]:
    rng = scene.rng("policy_review", bureau.code)
    fields, verbs = words("policy_field"), words("policy_verb")
    place = place_of(bureau, bureau is scene.root)
    units = [unit for unit in scene.units[bureau.code] if not unit.is_confidential]
    unfinished = scene.figures.count("policy_review.unfinished_count")
    rows: list[Record] = []
    for index in range(count):
        field = fields[index % len(fields)]
        verb = verbs[index // len(fields) % len(verbs)]
        lap = index // (len(fields) * len(verbs))
        unit = units[rng.randrange(len(units))]
        year = scene.work_year - 3 + index % 3
        draw = rng.random()
        done = action if action == "清理" or draw < 0.7 else "调整" if draw < 0.9 else "取消"
        is_unfinished = action != "清理" and index >= count - unfinished
        rows.append(
            {
                "policy_name": f"{place}{field}{verb}（{year}年第{lap + 1}号）",
                "unit_code": unit.code,
                "unit_name": unit.name,
                "department_name": unit.department,
                "policy_field": field,
                "amount": max(50, round(rng.lognormvariate(0, 1) * 90_000)) * MONEY_STEP_FEN,
                "self_check_date": date(scene.work_year, 3, 1 + rng.randrange(28)),
                "division_review_date": date(scene.work_year, 5, 1 + rng.randrange(28)),
                "supervision_date": (
                    None if is_unfinished else date(scene.work_year, 7, 1 + rng.randrange(28))
                ),
                "conclusion": "建议" + done,
                "action": done,
            }
        )
    return rows


# --- people and places ----------------------------------------------------------------------------


def _agencies(scene: Scene) -> list[Record]:
    """The pool of third-party agencies with the scores of the year."""
    if "agency.count" not in scene.figures:
        return []
    rng = scene.rng("agency")
    names = agency_names(scene)
    without = scene.figures.count("agency.without_integrity_count")
    return [
        {
            "agency_code": f"9100000{scene.root.code[:2]}XN{number:06d}X",
            "agency_name": name,
            "joined_date": day_in(
                rng, date(scene.work_year - 3, 1, 4), date(scene.work_year, 3, 31)
            ),
            "task_count": rng.randrange(0, 14),
            "quality_score": score_in(rng, 72, 98),
            "timeliness_score": score_in(rng, 70, 100),
            "integrity_score": score_in(rng, 80, 100) if number > without else None,
            "is_disclosed": True,
        }
        for number, name in enumerate(names, start=1)
    ]


def _institutions(scene: Scene) -> list[Record]:
    """Which bureaus have an institution, staff and the system."""
    figures = scene.figures
    if "institution.deployed_lower_count" not in figures:
        return []
    rng = scene.rng("institution")
    staffed_only = figures.share("institution.third_tier_staff_only_share")
    rows: list[Record] = []
    deployed = {b.code for b in scene.lower[: figures.count("institution.deployed_lower_count")]}
    for bureau in scene.bureaus:
        place = place_of(bureau, bureau is scene.root)
        has_unit = bureau.tier_no < 3 or rng.random() >= staffed_only
        rows.append(
            _subject(bureau)
            | {
                "institution_name": f"{place}预算绩效管理机构" if has_unit else None,
                "has_unit": has_unit,
                "staff_count": 1 + rng.randrange(6) + (9 if bureau is scene.root else 0),
                "is_system_deployed": bureau is scene.root or bureau.code in deployed,
            }
        )
    return rows


def _training(scene: Scene) -> list[Record]:
    """Training of the root and of the bureaus below."""
    figures = scene.figures
    rng = scene.rng("training")
    topics = words("training_topic")
    rows: list[Record] = []
    sessions = figures.count("training.root.session_count")
    if sessions:
        persons = split_exactly(
            figures.count("training.root.person_times"), skewed(rng, sessions, 0.3), 20
        )
        for index, person_times in enumerate(persons):
            rows.append(
                _subject(scene.root)
                | _session(scene, rng, topics[index % len(topics)], 1, person_times)
            )
    lower_sessions = figures.count("training.lower.session_count")
    if lower_sessions:
        counts = split_exactly(lower_sessions, skewed(rng, len(scene.lower), 0.4), 1)
        persons = split_exactly(
            figures.count("training.lower.person_times"), [float(c) for c in counts], 10
        )
        for bureau, count, person_times in zip(scene.lower, counts, persons, strict=True):
            topic = topics[rng.randrange(len(topics))]
            rows.append(_subject(bureau) | _session(scene, rng, topic, count, person_times))
    return rows


def _session(
    scene: Scene, rng: random.Random, topic: str, count: int, person_times: int
) -> Record:
    return {
        "training_name": topic,
        "held_date": day_in(rng, date(scene.work_year, 3, 2), date(scene.work_year, 11, 27)),
        "session_count": count,
        "person_times": person_times,
    }


def _archive(scene: Scene) -> list[Record]:
    """Archived documents: by matter and bureau, or by object where objects are archived."""
    figures = scene.figures
    total = figures.count("archive.document_count")
    if not total:
        return []
    rng = scene.rng("archive_catalogue")
    matters, documents = words("archive_matter"), words("archive_document")
    objects = figures.count("archive.object_count")
    rows: list[Record] = []
    if objects:
        outside = OutsideProjects(scene, "archive")
        known = list(scene.projects.of(scene.root.code, scene.work_year - 1)[:objects])
        known += [
            outside.make(scene.root, scene.work_year - 1) for _ in range(objects - len(known))
        ]
        unsigned = figures.count("archive.unsigned_count")
        for number, project in enumerate(known):
            for document in documents[: figures.count("archive.per_object_count")]:
                row: Record = {
                    "unit_code": project.unit_code,
                    "unit_name": project.unit_name,
                    "project_code": project.code,
                    "object_name": project.name,
                    "matter": "单位自评",
                    "document_type": document,
                    "is_signed": number >= unsigned,
                }
                if document == "满意度问卷":
                    row |= {
                        "survey_sample_count": 30 + rng.randrange(170),
                        "satisfaction_rate": score_in(rng, 88, 100),
                    }
                rows.append(row)
    else:
        for bureau in scene.bureaus:
            for index, matter in enumerate(matters):
                rows.append(
                    _subject(bureau)
                    | {
                        "matter": matter,
                        "document_type": documents[index],
                        "object_name": f"{bureau.short_name}{matter}资料",
                        "is_signed": True,
                    }
                )
    counts = split_exactly(total, skewed(rng, len(rows), 0.5), 1)
    for row, count in zip(rows, counts, strict=True):
        row["document_count"] = count
    return rows


def _fiscal_operation(scene: Scene) -> list[Record]:
    """Fiscal-operation indicators of every bureau below, some of them of townships."""
    count = scene.figures.count("fiscal.indicator_count")
    if not count:
        return []
    rng = scene.rng("fiscal_operation_indicator")
    townships = words("township")[: scene.figures.count("fiscal.township_count")]
    rows: list[Record] = []
    for bureau in scene.lower:
        manual = 1 if rng.random() < 0.8 else 0
        for index, name in enumerate(words("fiscal_indicator")[:count]):
            rows.append(_indicator(scene, rng, bureau, name, index >= manual))
        if bureau.tier_no == 3:
            for township in townships:
                for name in words("fiscal_indicator")[:4]:
                    rows.append(
                        _indicator(scene, rng, bureau, name, True)
                        | {"township_name": f"{bureau.short_name}{township}"}
                    )
    return rows


def _indicator(
    scene: Scene, rng: random.Random, bureau: Bureau, name: str, is_automated: bool
) -> Record:
    return _subject(bureau) | {
        "evaluated_year": scene.work_year - 1,
        "indicator_name": name,
        "indicator_value": score_in(rng, 20, 100),
        "full_score": 5,
        "score": score_in(rng, 3.2, 5),
        "is_automated": is_automated,
        "data_source": "预算管理一体化系统" if is_automated else "人工填报",
    }


# --- reports --------------------------------------------------------------------------------------


def _reports(scene: Scene) -> list[Record]:
    """Press articles, special reports, monitoring reports of the units, the yearly report."""
    figures = scene.figures
    rng = scene.rng("report_register")
    place = place_of(scene.root, is_root=True)
    media, press = words("media"), words("press")
    rows: list[Record] = []

    def add(name: str, report_type: str, month: int, **more: object) -> None:
        rows.append(
            {
                "report_name": name,
                "report_type": report_type,
                "issue_date": date(scene.work_year, month, 1 + rng.randrange(28)),
                **more,
            }
        )

    for index in range(figures.count("report.press_count")):
        add(
            press[index % len(press)],
            "宣传稿件",
            1 + index % 12,
            recipient=media[index % len(media)],
            is_adopted=index < figures.count("report.adopted_count"),
        )
    reports = words("special_report")
    for index in range(figures.count("report.special_count")):
        bureau = scene.bureaus[index * 5 % len(scene.bureaus)]
        add(
            f"{bureau.short_name}{reports[index % len(reports)]}第{index + 1}期",
            "专报",
            1 + index % 12,
            recipient="本级党委、政府",
            is_instructed=index < figures.count("report.instructed_count"),
            **_subject(bureau),
        )
    if "report.monitoring_per_unit" in figures:
        for unit in scene.units[scene.root.code]:
            for month, word in ((7, "年中绩效监控报告"), (12, "年度绩效监控总结")):
                add(
                    f"{unit.name}{word}",
                    "监控报告",
                    month,
                    unit_code=unit.code,
                    unit_name=unit.name,
                    recipient="财政分局",
                )
    for _ in range(figures.count("report.year_end_count")):
        add(
            f"{place}{scene.work_year}年预算绩效管理工作总结",
            "年度总结报告",
            12,
            recipient="上级财政部门",
        )
    for _ in range(figures.count("report.summary_count")):
        add(
            f"{place}{scene.work_year}年财政重点绩效评价综合报告",
            "综合报告",
            12,
            recipient="党政联席会议",
        )
    return rows


def _reported_figures(scene: Scene) -> list[Record]:
    """Numbers that others publish and that are only registered."""
    if "figure.rank" not in scene.figures:
        return []
    figures = scene.figures
    source = "上级财政部门预算绩效管理工作考核通报（模拟）"
    band = figures.values["figure.band"]
    return [
        {
            "item_code": "S0-34",
            "figure_name": name,
            "figure_value": figures.count(value),
            "figure_text": band,
            "measure_unit": unit,
            "source_document": source,
        }
        for name, value, unit in (
            ("考核排名", "figure.rank", "位"),
            ("参加考核地区数", "figure.of_count", "个"),
        )
    ]


# --- disclosure -----------------------------------------------------------------------------------


def _disclosures(scene: Scene) -> list[Register]:
    """What every unit of a bureau had to publish, and what it did."""
    figures = scene.figures
    registers = []
    bureaus = []
    if "disclosure.root" in figures:
        bureaus.append(scene.root)
    if "disclosure.lower" in figures:
        bureaus += scene.lower
    complete = figures.codes("disclosure.complete_bureaus")
    late_share = float(figures.share("disclosure.missing_share")) if bureaus else 0.0
    channels = words("channel")
    for bureau in bureaus:
        rng = scene.rng("disclosure", bureau.code)
        rows: list[Record] = []
        for unit in scene.units[bureau.code]:
            for document, number in (
                ("绩效目标", 1),
                ("项目绩效自评", 1),
                ("项目绩效自评", 2),
                ("评价报告", 1),
            ):
                if document == "评价报告" and not unit.is_department:
                    continue
                is_missing = (
                    bureau.code not in complete and not unit.is_confidential
                    and rng.random() < late_share
                )
                is_published = not (unit.is_confidential or is_missing)
                is_goal = document == "绩效目标"
                rows.append(
                    {
                        "evaluated_year": scene.work_year - (not is_goal),
                        "unit_code": unit.code,
                        "unit_name": unit.name,
                        "object_name": f"{unit.name}{document}（{number}）",
                        "document_type": document,
                        "is_confidential": unit.is_confidential,
                        "published_date": (
                            date(scene.work_year, 2 if is_goal else 9, 1 + rng.randrange(20))
                            if is_published
                            else None
                        ),
                        "url": channels[rng.randrange(len(channels))] if is_published else None,
                        "is_congress_reported": document == "评价报告" and is_published,
                    }
                )
        registers.append(
            Register("disclosure", scene.work_year, bureau, "绩效信息公开台账", rows)
        )
    return registers
