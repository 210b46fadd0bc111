"""The department tree: what lies below a department, and what above it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Department
from common.reading import read_once


@dataclass(frozen=True)
class Tree:
    """The department tree as it is now, read once: department → the one above it."""

    parents: Mapping[int, int | None]

    def under(self, department_ids: Iterable[int]) -> set[int]:
        """The departments named and everything below them."""
        children: dict[int | None, list[int]] = defaultdict(list)
        for department_id, parent_id in self.parents.items():
            children[parent_id].append(department_id)
        found: set[int] = set()
        waiting = list(department_ids)
        while waiting:
            department_id = waiting.pop()
            if department_id not in found:
                found.add(department_id)
                waiting.extend(children[department_id])
        return found

    def lineage(self, department_id: int) -> list[int]:
        """The department, the one above it, and so on up to the root."""
        line: list[int] = []
        current: int | None = department_id
        while current is not None and current not in line:
            line.append(current)
            current = self.parents.get(current)
        return line


def tree() -> Tree:
    """Read the department tree: one query, however deep it is, and once a page."""
    return read_once("departments", lambda: Tree(dict(Department.objects.order_by().values_list("id", "parent_id"))))
