"""Registers: the published figures are reached exactly, and the lists are read as what they are."""

import csv
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from ingest.headings import plain
from ingest.readers import read_grids
from ingest.reference import kind_sources
from simulate.project_index import ProjectIndex, ProjectRef
from simulate.records import (
    record_files,
    record_files_and_truth,
    record_truth,
    scene_registers,
)
from simulate.records.scene import make_scenes
from simulate.records.sheet import LAYOUTS_DIR, choose_register_style, layout_fields, register_sheet
from simulate.records.transfers import transfer_registers
from simulate.records.truth import Book, year_truth
from simulate.roster import load_roster

SEED = 7
SCALE = 1.0
SMALL = ("kunming-edz-2021", "urumqi-htz-2022", "qingdao-2022")
STATEMENTS = ("xinjiang-2020", "zhejiang-2021", *SMALL)
JURISDICTIONS = {
    "xinjiang-2020": ("xinjiang", 2020),
    "zhejiang-2021": ("zhejiang", 2021),
    "qingdao-2022": ("qingdao", 2022),
    "kunming-edz-2021": ("kunming-edz", 2021),
    "urumqi-htz-2022": ("urumqi-htz", 2022),
}
# the index in small, but as large as the statement where a published figure counts projects
ROOT_COUNTS = {("zhejiang-2021", 2020): 5_688}
LOWER_TOTALS = {("xinjiang-2020", 2020): 51_318}
NEW_COUNTS = {"xinjiang-2020": (41, 1_019), "urumqi-htz-2022": (6, 0), "qingdao-2022": (5, 20)}
YI, WAN = 100_000_000, 10_000

PUBLISHED = {
    ("xinjiang-2020", 2020): {
        "S0-01.major_task_count.all": 18,
        "S0-01.sub_task_count.all": 41,
        "S0-02.master_ledger_count.all": 1,
        "S0-02.detail_ledger_count.all": 14,
        "S0-03.reviewed_project_count.all": 9_554,
        "S0-03.rectified_rate.all": 1,
        "S0-04.mechanism_count.all": 5,
        "S0-04.method_count.all": 23,
        "S0-04.normative_document_count.all": 7,
        "S0-05.industry_count.all": 23,
        "S0-05.indicator_count.all": 243,
        "S0-06.review_stage_count.all": 7,
        "S0-07.third_party_evaluation_count.all": 454,
        "S0-07.third_party_amount.all": Decimal("89.3") * YI,
        "S0-08.assessed_count.all": 1_060,
        "S0-08.assessed_count.tier_1": 41,
        "S0-08.assessed_count.lower": 1_019,
        "S0-10.item_count.all": 474,
        "S0-10.amount.all": Decimal("2996.3") * YI,
        "S0-15.department_evaluation_count.all": 13_035,
        "S0-15.department_evaluation_count.tier_1": 471,
        "S0-15.department_evaluation_count.lower": 12_564,
        "S0-15.unit_pass_rate.all": 1,
        "S0-16.aspect_count.all": 7,
        "S0-16.item_count.all": 22,
        "S0-16.reviewed_form_count.tier_1": 4_460,
        "S0-16.reviewed_report_count.tier_1": 471,
        "S0-17.transfer_item_count.all": 64,
        "S0-17.transfer_mean_score.all": 94,
        "S0-17.transfer_excellent_rate.all": Fraction(825, 1000),
        "S0-18.cut_unit_count.tier_1": 61,
        "S0-18.cut_amount.tier_1": Decimal("5.15") * YI,
        "S0-19.low_score_project_count.lower": 1_818,
        "S0-19.low_score_cut_amount.lower": Decimal("23.85") * YI,
        "S0-20.goal_unit_count.all": 13_306,
        "S0-20.registered_unit_count.all": 13_306,
        "S0-23.goal_reviewed_count.all": 4_517,
        "S0-23.monitoring_reviewed_count.all": 4_517,
        "S0-23.self_evaluation_reviewed_count.all": 4_517,
        "S0-25.reviewed_department_count.tier_1": 112,
        "S0-26.sampled_count.lower": 6_742,
        "S0-26.sampled_bureau_count.tier_2": 14,
        "S0-26.sampled_bureau_count.tier_3": 96,
        "S0-26.sampled_rate.lower": Fraction(6_742, 51_318),
        "S0-26.below_rate_bureau_count.lower": 0,
        "S0-27.evaluated_bureau_count.tier_2": 4,
        "S0-27.evaluated_bureau_count.tier_3": 14,
        "S0-29.unit_bureau_count.all": 15,
        "S0-29.county_bureau_count.all": 96,
        "S0-30.agency_count.all": 80,
        "S0-31.deployed_bureau_count.all": 111,
        "S0-31.deployed_bureau_count.tier_2": 14,
        "S0-31.deployed_bureau_count.tier_3": 96,
        "S0-32.session_count.tier_1": 6,
        "S0-32.person_times.tier_1": 2_418,
        "S0-32.session_count.lower": 273,
        "S0-32.person_times.lower": 26_904,
        "S0-34.rank.all": 15,
        "S0-34.ranked_region_count.all": 36,
        "S0-34.band.all": "良好",
    },
    ("zhejiang-2021", 2021): {
        "S1-02.reform_aspect_count.all": 8,
        "S1-02.reform_task_count.all": 27,
        "S1-02.pilot_count.all": 158,
        "S1-02.pilot_bureau_count.lower": 90,
        "S1-08.policy_count.tier_1": 142,
        "S1-08.three_step_count.tier_1": 142,
        "S1-10.spot_evaluation_count.tier_1": 600,
        "S1-10.spot_rate.tier_1": Fraction(600, 5_688),
        "S1-11.key_evaluation_count.tier_1": 19,
        "S1-11.key_evaluation_count.lower": 987,
        "S1-11.spot_evaluation_count.lower": 14_546,
        "S1-14.evaluated_bureau_count.lower": 101,
        "S1-15.instructed_report_count.all": 26,
        "S1-17.haining_cleared_policy_count.all": 42,
        "S1-19.ruian_published_rate.all": 1,
        "S1-20.assessed_bureau_count.lower": 101,
        "S1-22.deployed_bureau_count.lower": 101,
        "S1-23.shaoxing_insurance_bureau_count.all": 6,
    },
    ("qingdao-2022", 2020): {
        "S2-01.goal_unit_count.tier_1": 20,
        "S2-10.department_evaluated_share.all": Fraction(1, 3),
        "S2-10.finance_evaluated_share.all": Fraction(1, 3),
    },
    ("qingdao-2022", 2021): {
        "S2-01.goal_unit_rate.tier_1": 1,
        "S2-02.self_evaluated_unit_count.tier_1": 20,
        "S2-10.department_evaluated_share.all": Fraction(1, 3),
        "S2-10.finance_evaluated_share.all": Fraction(1, 3),
    },
    ("qingdao-2022", 2022): {
        "S2-01.goal_unit_rate.tier_1": 1,
        "S2-07.key_monitored_in_cycle_rate.all": 1,
        "S2-10.department_evaluated_share.all": Fraction(1, 3),
        "S2-10.department_cycle_share.all": 1,
        "S2-10.finance_cycle_share.all": 1,
        "S2-14.deployed_bureau_count.all": 11,
    },
    ("kunming-edz-2021", 2021): {
        "S3-01.unit_count.all": 38,
        "S3-01.project_count.all": 665,
        "S3-01.applied_amount.all": Decimal("497578.64") * WAN,
        "S3-01.general_applied_amount.all": 198_576 * WAN,
        "S3-02.suggested_amount.all": Decimal("457230.14") * WAN,
        "S3-02.cut_amount.all": Decimal("40348.50") * WAN,
        "S3-03.unit_count.all": 4,
        "S3-03.project_count.all": 6,
        "S3-03.requested_amount.all": Decimal("9104.71") * WAN,
        "S3-03.expert_count.all": 7,
        "S3-03.mean_score.all": Fraction(918, 10),
        "S3-03.expert_mean_score.all": Fraction(918, 10),
        "S3-03.excellent_count.all": 6,
        "S3-04.monitoring_report_count.all": 76,
        "S3-04.two_report_unit_count.all": 38,
        "S3-05.department_count.all": 3,
        "S3-05.department_good_count.all": 3,
        "S3-05.project_count.all": 15,
        "S3-05.project_amount.all": 43_817 * WAN,
        "S3-05.project_excellent_count.all": 5,
        "S3-05.project_good_count.all": 10,
        "S3-05.excellent_rate.all": Fraction(5, 18),
        "S3-13.indicator_set_count.all": 1,
        "S3-13.session_count.all": 2,
        "S3-15.comprehensive_report_count.all": 1,
    },
    ("urumqi-htz-2022", 2022): {
        "S4-01.overall_unit_count.all": 132,
        "S4-02.scored_count.all": 6,
        "S4-04.reviewed_unit_count.all": 132,
        "S4-07.unit_count.all": 8,
        "S4-07.project_count.all": 21,
        "S4-07.amount.all": Decimal("80178.66") * WAN,
        "S4-07.due_date.all": "2023-02-28",
        "S4-16.goal_third_party_rate.all": 1,
    },
}


def projects_of(statement, bureaus, year):
    """So many projects a bureau; the first ones are new, scores run from 65 to 98."""
    lower = [bureau for bureau in bureaus if bureau.tier_no > 1]
    new_root, new_lower = NEW_COUNTS.get(statement, (3, len(lower)))
    total = LOWER_TOTALS.get((statement, year), 12 * len(lower))
    made = {}
    for place, bureau in enumerate(bureaus):
        index = lower.index(bureau) if bureau in lower else None
        if index is None:
            count, new = ROOT_COUNTS.get((statement, year), 60), new_root
        else:
            count = total // len(lower) + (index < total % len(lower))
            new = new_lower // len(lower) + (index < new_lower % len(lower))
        made[bureau.code, year] = tuple(
            ProjectRef(
                code=f"{bureau.code}{year % 100:02d}T{number:012d}",
                name=f"{bureau.short_name}{number}号项目",
                unit_code=f"20{number % 5 + 1}00{number % 3 + 1}",
                unit_name=f"{bureau.short_name}第{number % 5}局第{number % 3}中心",
                department_name=f"{bureau.short_name}第{number % 5}局",
                fund_type="state_capital" if number % 17 == 3 else "general",
                initial_fen=(1 + number * 37 % 900) * 10_000_000,
                adjusted_fen=(1 + number * 37 % 900) * 10_000_000,
                is_new=number < new,
                is_monitored=True,
                declared_score=Decimal(6_500 + (number * 71 + place) % 3_300) / 100,
                is_self_evaluated=True,
            )
            for number in range(count)
        )
    return made


def arguments(statement):
    jurisdiction, year = JURISDICTIONS[statement]
    bureaus = load_roster(year, jurisdiction)
    years = range(2019, 2023) if statement == "qingdao-2022" else (year - 1, year)
    projects = {}
    for fiscal_year in years:
        projects |= projects_of(statement, bureaus, fiscal_year)
    return statement, bureaus, SEED, SCALE, ProjectIndex(projects)


@pytest.fixture(scope="module")
def written():
    """Everything about a statement, made once."""
    made = {}

    def of(statement):
        if statement not in made:
            name, bureaus, seed, _, projects = arguments(statement)
            scenes = make_scenes(name, bureaus, seed, projects)
            made[statement] = [(scene, scene_registers(scene)) for scene in scenes]
        return made[statement]

    return of


@pytest.fixture(scope="module")
def truths(written):
    """The truth of a statement, worked out once."""
    made = {}

    def of(statement):
        if statement not in made:
            made[statement], books = {}, []
            for scene, registers in written(statement):
                book = Book(scene, registers)
                made[statement][scene.work_year] = year_truth(scene, book, books)
                books.append(book)
        return made[statement]

    return of


@pytest.mark.parametrize(("statement", "work_year"), PUBLISHED)
def test_published_figures_are_reached(truths, statement, work_year):
    truth = truths(statement)[work_year]
    published = PUBLISHED[statement, work_year]
    assert {name: truth.get(name) for name in published} == published


def test_figures_published_as_bounds(truths):
    xinjiang, zhejiang = truths("xinjiang-2020")[2020], truths("zhejiang-2021")[2021]
    assert xinjiang["S0-28.archived_document_count.all"] > 280_000
    assert xinjiang["S0-38.article_count.all"] > 10
    assert zhejiang["S1-14.automation_rate.lower"] >= Fraction(95, 100)
    assert truths("qingdao-2022")[2020]["S2-07.key_monitored_fund_count.tier_1"] >= 10
    rate = truths("kunming-edz-2021")[2021]["S3-02.cut_rate.all"]
    assert round(float(rate) * 100, 2) == 8.11


def claims():
    """What titles each kind claims, the strongest kind first."""
    found = []
    for path in LAYOUTS_DIR.glob("*/source.yml"):
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        pattern = re.compile("|".join(settings["title_patterns"]))
        found.append((settings["title_precedence"], path.parent.name, pattern))
    return sorted(found, key=lambda claim: claim[0])


def required_headings(kind):
    """Accepted headings of every required field."""
    path = Path(LAYOUTS_DIR, kind, "columns.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["field"]: set(row["accepted_headings"].split("|"))
            for row in csv.DictReader(handle)
            if row["required"] == "yes" and row["table"] in ("records", "units")
        }


@pytest.mark.parametrize("statement", STATEMENTS)
def test_titles_claim_their_kind_and_headings_are_complete(written, statement):
    strongest_first = claims()
    for _, registers in written(statement):
        for register in registers:
            if not kind_sources()[register.kind].is_record:
                continue  # overall expenditure is told by 整体支出, whatever else a title says
            short = replace(register, rows=register.rows[:20])
            sheet = register_sheet(short, choose_register_style(register, SEED))
            title, header = sheet.rows[0][0], sheet.rows[2]
            spelled = plain(title)
            claimed = next(kind for _, kind, wanted in strongest_first if wanted.search(spelled))
            assert claimed == register.kind, title
            assert title.startswith(f"{register.work_year}年度")
            bare = [re.sub("（(万元|元)）$", "", heading) for heading in header]
            assert len(set(bare)) == len(bare), title
            for field, accepted in required_headings(register.kind).items():
                assert accepted & set(bare), (title, field)


def test_headings_mean_one_field_only():
    for path in LAYOUTS_DIR.glob("*/source.yml"):
        if "main_table: records" not in path.read_text(encoding="utf-8"):
            continue
        headings = [h for field in layout_fields(path.parent.name) for h in field.headings]
        assert len(set(headings)) == len(headings), path.parent.name


@pytest.mark.parametrize("statement", SMALL)
def test_written_amounts_add_up(written, statement):
    for _, registers in written(statement):
        for register in registers:
            style = choose_register_style(register, SEED)
            rows = register_sheet(register, style).rows
            fields = [f for f in layout_fields(register.kind) if f.value_type == "money"]
            factor = 1_000_000 if style.money_unit == "万元" else 100
            for field in fields:
                headings = {
                    text
                    for heading in field.headings
                    for text in (heading, f"{heading}（{style.money_unit}）")
                }
                columns = [i for i, text in enumerate(rows[2]) if text in headings]
                if not columns:
                    continue
                cells = [row[columns[0]] for row in rows[3 : 3 + len(register.rows)]]
                total = sum(
                    Decimal(str(cell).replace(",", "")) for cell in cells if cell is not None
                )
                expected = sum(row.get(field.name) or 0 for row in register.rows)
                assert total * factor == expected, (register.title, field.name)


def test_files_hold_all_rows(written, tmp_path):
    _, bureaus, seed, scale, projects = arguments("kunming-edz-2021")
    files = record_files("kunming-edz-2021", bureaus, seed, scale, projects)
    (_, registers), *_ = written("kunming-edz-2021")
    assert len(files) == len(registers)
    formats = set()
    for (code, file), register in zip(files, registers, strict=True):
        assert (code, file.document_kind) == (register.filer.code, register.kind)
        path = tmp_path / file.path.rsplit("/", 1)[-1]
        path.write_bytes(file.content)
        (grid,) = read_grids(path, file.path)
        assert grid.frame.height >= len(register.rows) + 3
        formats.add(path.suffix)
    assert formats >= {".xlsx", ".csv"}


@pytest.mark.parametrize("statement", SMALL)
def test_same_seed_same_bytes(statement):
    first, second = (record_files(*arguments(statement)) for _ in range(2))
    assert first == second
    name, bureaus, seed, scale, projects = arguments(statement)
    other = record_files(name, bureaus, seed + 1, scale, projects)
    assert [file.content for _, file in other] != [file.content for _, file in first]


def test_files_and_truth_are_those_made_apart():
    files, truth = record_files_and_truth(*arguments("kunming-edz-2021"))
    assert files == record_files(*arguments("kunming-edz-2021"))
    assert truth == record_truth(*arguments("kunming-edz-2021"))


def test_no_two_files_of_a_bureau_share_a_path():
    files = record_files(*arguments("qingdao-2022"))
    paths = [(code, file.path) for code, file in files]
    assert len(set(paths)) == len(paths)


def test_results_of_simulated_projects_come_first(written):
    (scene, registers), *_ = written("xinjiang-2020")
    known = {
        (bureau.code, project.code): project.declared_score
        for bureau in scene.lower
        for project in scene.projects.of(bureau.code, 2019)
    }
    (applied,) = [r for r in registers if r.kind == "result_application"]
    named = [
        (row, known[row["subject_bureau_code"], row["project_code"]])
        for row in applied.rows
        if (row.get("subject_bureau_code"), row["project_code"]) in known
    ]
    assert named
    assert all(row["score"] == score < 80 for row, score in named)


def test_goals_of_transfers_never_precede_the_money(written):
    (scene, _), *_ = written("xinjiang-2020")
    (register,) = transfer_registers(scene)
    assert all(row["goal_issue_date"] >= row["issue_date"] for row in register.rows)
    assert {row["issue_date"].year for row in register.rows} == {2020}


def test_kunming_reviews_simulated_projects_that_add_up_as_published():
    statement, bureaus, seed, _, _ = arguments("kunming-edz-2021")
    zone = bureaus[0].code
    general, other = 19_857_600, 29_900_264  # hundreds of yuan
    amounts = [general // 400] * 399 + [general // 400 + general % 400]
    amounts += [other // 265] * 264 + [other // 265 + other % 265]
    projects = tuple(
        ProjectRef(
            code=f"{zone}21T{number:012d}",
            name=f"{number}号项目",
            unit_code=f"2{number % 38:05d}",
            unit_name=f"第{number % 38}局",
            department_name=f"第{number % 38}局",
            fund_type="general" if number < 400 else "government_fund",
            initial_fen=steps * 10_000,
            adjusted_fen=steps * 10_000,
            is_new=False,
            is_monitored=True,
            declared_score=None,
            is_self_evaluated=False,
        )
        for number, steps in enumerate(amounts)
    )
    index = ProjectIndex({(zone, 2021): projects})
    (scene,) = make_scenes(statement, bureaus, seed, index)
    (review,) = [r for r in scene_registers(scene) if r.kind == "goal_review"]
    assert [row["project_code"] for row in review.rows] == [p.code for p in projects]
    assert sum(row["cut"] for row in review.rows) == 4_034_850 * 10_000
    assert all(0 <= row["cut"] <= row["applied_budget"] for row in review.rows)


def test_unknown_statement_and_scale_are_refused():
    with pytest.raises(ValueError, match="no record figures"):
        record_files("nowhere-2020", load_roster(2021, "kunming-edz"), 1, 1.0, ProjectIndex({}))
    with pytest.raises(ValueError, match="scale"):
        record_files("kunming-edz-2021", [], 1, 0.0, ProjectIndex({}))
