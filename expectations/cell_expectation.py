"""The expectation every cell rule is checked by: no row of the batch holds a failing cell.

`ExpectNoCellWhere` is a column-map expectation, so that Great Expectations counts the failures of
a whole suite in one scan of the table; the condition is the SQL predicate of the rule.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.compatibility.sqlalchemy import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)


class CellsNotWhere(ColumnMapMetricProvider):
    """Marks the rows for which the predicate is true; a predicate that is null passes."""

    condition_metric_name = "column_values.not_where"
    condition_value_keys = ("fails_when",)
    filter_column_isnull = False

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, fails_when: str, **_: Any) -> Any:
        return sa.not_(sa.literal_column(f"({fails_when})", sa.Boolean))


class ExpectNoCellWhere(ColumnMapExpectation):
    """No cell of the column makes the predicate true.

    Attributes:
        fails_when: SQL predicate over one row of the batch; true means that the cell is wrong.
    """

    fails_when: str

    map_metric: ClassVar[str] = "column_values.not_where"
    success_keys: ClassVar[tuple[str, ...]] = ("fails_when", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "fails_when")

    def _validate(self, *args: Any, **kwargs: Any) -> Any:
        """Judge by the count of failures alone: a column without any value may be the fault."""
        outcome = super()._validate(*args, **kwargs)
        outcome["success"] = outcome["result"].get("unexpected_count", 0) == 0
        return outcome
