"""Numbers given one after another, under lock. 编号"""

from __future__ import annotations

from cases.models import Counter


def next_number(key: str) -> int:
    """The next number of the series ``key`` (1 for the first). Locks the counter's row until the transaction ends;

    a rolled-back transaction gives the number back, so a series has no gaps.
    """
    counter = hold_counter(key)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value


def hold_counter(key: str) -> Counter:
    """The counter's row, locked until the transaction ends: whatever is counted under this key waits for its turn."""
    held = Counter.objects.select_for_update().filter(key=key)
    counter = held.first()
    if counter is None:
        Counter.objects.get_or_create(key=key)  # several may be the first; one of them makes the row
        counter = held.get()
    return counter


def formatted(template: str, *, key: str, year: int) -> str:
    """A number after a pack's template: ``GYJJ-{year}-{seq:04d}``."""
    return template.format(year=year, seq=next_number(f"{key}:{year}"))
