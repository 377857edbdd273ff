"""Special transfers to lower tiers: items, what each region gets, when its goals were issued."""

from __future__ import annotations

from datetime import date, timedelta

from simulate.records.figures import words
from simulate.records.scene import Record, Register, Scene, day_in, place_of, skewed, split_money


def transfer_registers(scene: Scene) -> list[Register]:
    """The list of transfer items by receiving bureau; empty where the year has none.

    Args:
        scene: the work year.
    """
    count = scene.figures.count("transfer.item.count")
    if not count:
        return []
    rng = scene.rng("transfer_item")
    topics, levels = words("transfer_topic"), words("funding_level")
    place = place_of(scene.root, is_root=True)
    receiver_counts = [1 + rng.randrange(len(scene.second_tier)) for _ in range(count)]
    weights = skewed(rng, sum(receiver_counts))
    amounts = iter(split_money(scene.figures.fen("transfer.amount"), weights))
    rows: list[Record] = []
    for number, receiver_count in enumerate(receiver_counts, start=1):
        topic = topics[(number - 1) % len(topics)]
        batch = (number - 1) // len(topics) + 1
        issued = day_in(rng, date(scene.work_year, 1, 6), date(scene.work_year, 11, 27))
        # most goals go out with the money, some follow within three weeks
        late_days = rng.randrange(5, 21) if rng.random() < 0.15 else 0
        for bureau in rng.sample(scene.second_tier, receiver_count):
            rows.append(
                {
                    "item_code": f"ZY{scene.work_year}{number:04d}",
                    "item_name": f"{topic}专项转移支付（第{batch}批）",
                    "department_name": f"{place}财政厅",
                    "document_no": f"虚财预〔{scene.work_year}〕{number}号",
                    "funding_level": levels[number % len(levels)],
                    "amount": next(amounts),
                    "subject_bureau_code": bureau.code,
                    "subject_bureau_name": bureau.name,
                    "issue_date": issued,
                    "has_regional_goal": True,
                    "has_project_goal": True,
                    "goal_issue_date": issued + timedelta(days=late_days),
                }
            )
    title = "对下专项转移支付绩效目标下达情况表"
    return [Register("transfer_item", scene.work_year, scene.root, title, rows)]
