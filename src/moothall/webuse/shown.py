"""From the counted people of a week to the figures that may be shown: a week whole, with its days and hours. Pure.

The week is decided first, and a day within it; all use first, and each category within it (``suppression.py``).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from moothall.webuse import suppression
from moothall.webuse.categories.names import BACKGROUND, SOCIAL
from moothall.webuse.engine.counting import Cells
from moothall.webuse.subjects import ALL, BLOCKED, SOCIAL_AT_WORK, SOCIAL_OFF_WORK
from moothall.webuse.suppression import COUNCIL, UNMAPPED, Cell, Node, Tree, View, directly

OF_WORK = (SOCIAL_AT_WORK, SOCIAL_OFF_WORK)
NO_MINUTES = frozenset({BLOCKED, BACKGROUND})
"""They are nobody's browsing."""
NOT_CATEGORIES = frozenset({ALL, BLOCKED, *OF_WORK})

Leaves = Mapping[Node, Cell]


@dataclass(frozen=True)
class Structure:
    """The staff structure: what each unit is a part of (``None``: the council), and where the lists place anybody."""

    parents: Mapping[int, int | None]
    placed: frozenset[int]

    def tree(self, seen: Collection[int]) -> Tree:
        """The units in which somebody can be: placed there by a list, or ``seen`` there on a day of the week.

        That a list places nobody in a unit tells nothing of anybody's use of the web, so such a unit is no figure to
        protect, and needs no other to cover it. The same goes for those not mapped, if there are none.
        """
        occupied = (self.placed | set(seen)) & self.parents.keys()
        needed = set[int]()
        for unit in occupied:
            above: int | None = unit
            while above is not None and above not in needed:
                needed.add(above)
                above = self.parents[above]
        nobody_in: list[Node] = [directly(COUNCIL), *(directly(unit) for unit in needed - occupied)]
        if set(seen) <= self.parents.keys():
            nobody_in.append(UNMAPPED)
        return Tree.of({unit: above for unit, above in self.parents.items() if unit in needed}, nobody_in)


@dataclass(frozen=True)
class Counted:
    """What was counted of a week by units, its days and their hours. ``of_domain``: the categories of domains."""

    starts: date
    week: Cells
    domains: Cells
    of_domain: Mapping[str, str]
    days: Mapping[date, Cells]
    hours: Mapping[date, Mapping[int, Mapping[int, int]]]


@dataclass(frozen=True)
class Fact:
    """One figure. ``hour`` is -1 for a day or a week; ``grain`` is one of ``models.Grain``."""

    grain: str
    starts: date
    hour: int
    node: Node
    subject: str
    people: int
    minutes: int | None


def facts(counted: Counted, structure: Structure, k: int) -> Iterator[Fact]:
    """Every figure of the week that may be shown."""
    tree = structure.tree({unit for of in (counted.week, *counted.days.values()) for unit in of.get(ALL, {})})
    week = {subject: _leaves(cells, tree) for subject, cells in counted.week.items()}
    if ALL not in week:
        return
    days = {day: {each: _leaves(cells, tree) for each, cells in of.items()} for day, of in counted.days.items()}
    shown = _period(week, tree, k, {}, {})
    for subject, view in shown.items():
        yield from _facts("w", counted.starts, -1, subject, view)
    for subject, cells in counted.domains.items():
        category = shown.get(counted.of_domain.get(subject, ""))
        view = suppression.publish(tree, _leaves(cells, tree), k, [shown[ALL], *([category] if category else [])])
        yield from _facts("w", counted.starts, -1, subject, view)
    split = {
        subject: suppression.uncovered(tree, whole, [of.get(subject, {}) for of in days.values()], k)
        for subject, whole in week.items()
    }
    for day, of in days.items():
        if ALL not in of:
            continue
        of_day = _period(of, tree, k, shown, split)
        for subject, view in of_day.items():
            yield from _facts("d", day, -1, subject, view)
        yield from _hours(day, counted.hours.get(day, {}), of[ALL], of_day[ALL], tree, k)


def _period(
    leaves: Mapping[str, Leaves], tree: Tree, k: int, week: Mapping[str, View], split: Mapping[str, frozenset[Node]]
) -> dict[str, View]:
    """The views of all subjects of a week or, with the views of the ``week`` around it, of a day."""
    categories = [subject for subject in leaves if subject not in NOT_CATEGORIES]
    whole = suppression.publish(tree, leaves[ALL], k, _around(week, ALL), split.get(ALL, frozenset()))
    views = {ALL: whole}
    by_category = suppression.uncovered(tree, leaves[ALL], [leaves[each] for each in categories], k)
    for subject in (*categories, *([BLOCKED] if BLOCKED in leaves else [])):
        also = split.get(subject, frozenset()) | (by_category if subject != BLOCKED else frozenset())
        views[subject] = suppression.publish(tree, leaves[subject], k, [whole, *_around(week, subject)], also)
    if SOCIAL in views:
        parts = [leaves.get(each, {}) for each in OF_WORK]
        also = suppression.uncovered(tree, leaves[SOCIAL], parts, k).union(*(split.get(each, ()) for each in OF_WORK))
        within = [views[SOCIAL], *(view for each in OF_WORK for view in _around(week, each))]
        views |= dict(zip(OF_WORK, suppression.publish_together(tree, parts, k, within, also), strict=True))
    return views


def _around(week: Mapping[str, View], subject: str) -> list[View]:
    return [week[subject]] if subject in week else []


def _hours(
    day: date, hours: Mapping[int, Mapping[int, int]], whole: Leaves, around: View, tree: Tree, k: int
) -> Iterator[Fact]:
    """The heat map of a day."""
    leaves = {hour: _leaves({unit: (people, None) for unit, people in of.items()}, tree) for hour, of in hours.items()}
    also = suppression.uncovered(tree, whole, list(leaves.values()), k)
    for hour, cells in leaves.items():
        yield from _facts("h", day, hour, ALL, suppression.publish(tree, cells, k, [around], also))


def _leaves(cells: Mapping[int, tuple[int, int | None]], tree: Tree) -> dict[Node, Cell]:
    """The cells of units as those of the tree's leaves; of a unit that is gone, as not mapped."""
    found: dict[Node, Cell] = {}
    for unit, (people, minutes) in cells.items():
        leaf = tree.leaf(unit)
        other = found.get(leaf, Cell(0, None if minutes is None else 0))
        together = None if minutes is None or other.minutes is None else other.minutes + minutes
        found[leaf] = Cell(other.people + people, together)
    return found


def _facts(grain: str, starts: date, hour: int, subject: str, view: View) -> Iterator[Fact]:
    for node, shown in view.shown.items():
        if shown.people is not None:
            minutes = None if subject in NO_MINUTES else shown.minutes
            yield Fact(grain, starts, hour, node, subject, shown.people, minutes)
