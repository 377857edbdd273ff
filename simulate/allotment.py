"""Splitting whole numbers exactly: largest remainder, with a floor for each part."""

from __future__ import annotations

from collections.abc import Sequence


def split_exactly(total: int, weights: Sequence[float], floor: int = 0) -> list[int]:
    """Split a whole number in proportion to weights; the parts add up to it exactly.

    Every part gets the floor first, the rest goes by largest remainder (ties to the earlier
    part), so the result does not depend on anything but the arguments.

    Args:
        total: what is split.
        weights: one non-negative weight per part; all zero counts as equal.
        floor: the least each part gets.

    Returns:
        One part per weight.

    Raises:
        ValueError: if the total cannot give every part its floor.
    """
    if not weights:
        if total:
            raise ValueError(f"{total} cannot be split into no parts")
        return []
    rest = total - floor * len(weights)
    if rest < 0:
        raise ValueError(f"{total} is too little for {len(weights)} parts of at least {floor}")
    whole = [max(0, int(weight * 1_000_000)) for weight in weights]
    weight_sum = sum(whole)
    if weight_sum == 0:
        whole, weight_sum = [1] * len(weights), len(weights)
    parts = [rest * weight // weight_sum for weight in whole]
    remainders = [rest * weight % weight_sum for weight in whole]
    missing = rest - sum(parts)
    for index in sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:missing]:
        parts[index] += 1
    return [part + floor for part in parts]
