"""A warehouse of small filings and one gate worker for the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl
import pytest
import samples

from expectations.client import GateWorker
from ingest.ledger import create_ledger
from ingest.raw import create_schema


@dataclass
class Warehouse:
    """Writes filings of one row each, and larger ones, with a ledger line for each."""

    path: Path
    filings: dict[tuple, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.con = duckdb.connect(str(self.path))
        create_schema(self.con)
        create_ledger(self.con)

    def add(self, key: tuple, table: str, rows: list[dict], layout: str = "list") -> str:
        """Add a filing; `key` finds it again."""
        kind, part = table.split("__")
        filing_id = f"650102-{kind}-2020-0-{len(self.filings):012d}"
        self.filings[key] = filing_id
        self.con.execute(
            "insert into ops.filing (filing_id, bureau_code, document_kind, fiscal_year, layout,"
            " file_sha256, source_file, received_at, state)"
            " values (?, '650102', ?, 2020, ?, 'ab', ?, timestamp '2020-04-05', 'loaded')",
            [filing_id, kind, layout, f"650102/{filing_id}.xlsx"],
        )
        columns = sorted({name for row in rows for name in row} - {"_money_unit"})
        self.con.executemany(
            f"insert into raw.{table} (_filing_id, _file_sha256, _source_file, _source_sheet,"
            f" _source_row, _project_row, _layout, _money_unit{''.join(', ' + c for c in columns)})"
            f" values ({', '.join('?' * (8 + len(columns)))})",
            [
                [
                    filing_id,
                    "ab",
                    f"650102/{filing_id}.xlsx",
                    "项目",
                    number,
                    number if part == "projects" else None,
                    layout,
                    row.get("_money_unit", "万元"),
                    *(row.get(name) for name in columns),
                ]
                for number, row in enumerate(rows, 4)
            ],
        )
        self.con.executemany(
            "insert into raw.field_positions values (?, 'ab', '项目', ?, ?, ?, ?, null, null)",
            [
                [filing_id, part, name, f"表头 {name}", chr(ord("A") + index)]
                for index, name in enumerate(columns)
            ],
        )
        return filing_id


@dataclass(frozen=True)
class Gated:
    """What the gate said of the warehouse."""

    warehouse: Path
    out: Path
    filings: dict[tuple, str]
    reply: dict
    worker: GateWorker
    findings: pl.DataFrame
    verdicts: dict[str, dict]

    def rules_of(self, key: tuple) -> set[tuple[str, str]]:
        """Rule and cell heading of the findings of a filing."""
        rows = self.findings.filter(pl.col("filing_id") == self.filings[key])
        return set(zip(rows["rule_id"], rows["heading"], strict=True))


def _fill(warehouse: Warehouse) -> None:
    for table, row in samples.GOOD.items():
        warehouse.add(("good", table), table, [row])
        warehouse.add(
            ("good form", table), table, [row | samples.GOOD_ON_FORM.get(table, {})], "form"
        )
    for rule_id, table, column, bad, fine in samples.CASES:
        for verdict, cells in (("fails", bad), ("passes", fine)):
            for cell in cells:
                row = samples.GOOD[table] | {column: cell}
                warehouse.add((verdict, rule_id, column, cell), table, [row])
    for rule_id, table, column, changes, layout in samples.WIDE_CASES:
        row = samples.GOOD[table] | changes
        warehouse.add(("fails", rule_id, column, "wide"), table, [row], layout)

    good = samples.GOOD["goal__projects"]
    broken = good | {"project_code": "1.02E+20"}
    warehouse.add(("half broken",), "goal__projects", [broken] * 10 + [good] * 10)
    warehouse.add(("less than half broken",), "goal__projects", [broken] * 9 + [good] * 11)
    warehouse.add(("small and broken",), "goal__projects", [broken] * 19)
    warehouse.add(("form, all broken",), "goal__projects", [broken] * 25, "form")
    heavy = samples.GOOD["goal__indicators"] | {"weight": "70"}
    warehouse.add(("many findings",), "goal__indicators", [heavy] * 450)

    ingest = warehouse.add(("refused by ingest",), "goal__projects", [good])
    warehouse.con.execute(
        "insert into ops.finding (rule_id, filing_id, source) values ('ROW-001', ?, 'ingest')",
        [ingest],
    )
    judged = warehouse.add(("already judged",), "goal__projects", [broken])
    warehouse.con.execute("update ops.filing set state = 'filed' where filing_id = ?", [judged])

    block = warehouse.add(("form block",), "goal__indicators", [heavy], "form")
    warehouse.con.execute(
        "update raw.goal__indicators set _project_row = 2 where _filing_id = ?", [block]
    )
    warehouse.con.execute(
        "insert into raw.field_positions"
        " values (?, 'ab', '项目', 'indicators', 'weight', '分值', 'AB', null, 2)",
        [block],
    )


@pytest.fixture(scope="session")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder = tmp_path_factory.mktemp("gate")
    with GateWorker(folder / "worker.log") as worker:
        warehouse = Warehouse(folder / "warehouse.duckdb")
        warehouse.con.execute("begin transaction")
        _fill(warehouse)
        warehouse.con.execute("commit")
        warehouse.con.close()
        reply = worker.gate_raw(warehouse.path, folder / "out")
        findings = pl.read_parquet(folder / "out" / "findings.parquet")
        verdicts = pl.read_parquet(folder / "out" / "verdicts.parquet").to_dicts()
        yield Gated(
            warehouse=warehouse.path,
            out=folder / "out",
            filings=warehouse.filings,
            reply=reply,
            worker=worker,
            findings=findings,
            verdicts={verdict["filing_id"]: verdict for verdict in verdicts},
        )
