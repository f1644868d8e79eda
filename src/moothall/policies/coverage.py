"""How many people have acknowledged a version, by unit, so that nobody learns it of the few people of a small unit.

Whether a unit is shown is decided by the number of its people whom the policy is for, and by nothing else: fewer than
ten are hidden, with as much beside them that nobody finds them by subtracting (``webuse.suppression``).

Those who acknowledged add up along the same tree, and nought or all of them would tell of everybody, hidden or not. So
what all that is hidden under one shown unit adds to it (at least ten people) is told exactly only if it is neither few
nor nearly all: else it is told as "0 to 4", or as all but that many, and of fewer than twenty people not at all. The
figures of such a unit, and of those above it, are ranges.

What this holds against: whoever has every figure of the page, and knows besides how many people there are in each unit,
finds at least five numbers possible for those of a hidden unit of fewer than ten who acknowledged; for a unit of less
than five people, every number. For all that is told of what is hidden is the sum S of each such group, of M people: of
at least 20, so that the others in it are 11 or more. If S is told, 5 ≤ S ≤ M - 5, and n people of it can be any number
from max(0, n - (M - S)) to min(n, S); if it is "0 to 4" any from 0 to min(n, 4), and likewise at the other end. It is
said of one page: not of two that are read on different days, between which somebody came, left or acknowledged.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from moothall.accounts.models import Unit
from moothall.policies import audience
from moothall.policies.models import Acknowledgement, Version
from moothall.policies.queries import Standing
from moothall.webuse import suppression
from moothall.webuse.suppression import COUNCIL, FEWEST, UNMAPPED, Cell, Node, Tree, View, directly

FEW = 4
"""A hidden sum of no more than that is told as "0 to 4"."""
ENOUGH = 2 * FEWEST
"""Of a hidden group of fewer people nothing is told."""


@dataclass(frozen=True)
class Counted:
    """The people of a unit itself whom a policy is for, and those of them who acknowledged it."""

    people: int
    acknowledged: int


@dataclass(frozen=True)
class Range:
    """A number that is known, or between which two it is."""

    least: int
    most: int

    def __add__(self, other: "Range") -> "Range":
        return Range(self.least + other.least, self.most + other.most)


NOTHING = Range(0, 0)


@dataclass(frozen=True)
class Figure:
    """What may be shown of a unit with all its parts."""

    people: int
    acknowledged: Range

    @property
    def words(self) -> str:
        """ "31" or "27 to 31" """
        least, most = self.acknowledged.least, self.acknowledged.most
        return f"{least:,}" if least == most else f"{least:,} to {most:,}"

    @property
    def percent(self) -> str:
        """ "97%" or "94 to 97%". Never 0 if there may be any, nor 100 unless it is all."""
        least, most = (self._percent(each) for each in (self.acknowledged.least, self.acknowledged.most))
        return f"{least}%" if least == most else f"{least} to {most}%"

    def _percent(self, number: int) -> int:
        if number in (0, self.people):
            return 100 if number else 0
        return min(max(round(100 * number / self.people), 1), 99)


@dataclass(frozen=True)
class Line:
    """A line of the table. ``figure`` is ``None`` if it is hidden; ``depth`` says how deep in the structure it is."""

    label: str
    depth: int
    figure: Figure | None


@dataclass(frozen=True)
class Coverage:
    """How far a version has got. ``everybody`` is the line of the whole council."""

    version: Version
    everybody: Line
    lines: list[Line]

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody whom it is for."""
        return not self.lines

    @property
    def hidden(self) -> int:
        return sum(line.figure is None for line in self.lines)

    @property
    def has_ranges(self) -> bool:
        """Whether a figure is not exactly known."""
        figures = [line.figure for line in (self.everybody, *self.lines) if line.figure]
        return any(each.acknowledged.least < each.acknowledged.most for each in figures)


def of(standing: Standing) -> Coverage:
    """Of a published version, among the people who work here now. Two queries."""
    acknowledged = Acknowledgement.objects.filter(user=OuterRef("pk"), version__in=standing.counted)
    rows = (
        audience.people(standing.policy.audience)
        .order_by()
        .values_list("unit")
        .annotate(people=Count("pk"), acknowledged=Count("pk", filter=Exists(acknowledged)))
    )
    counted = {unit: Counted(people, done) for unit, people, done in rows}
    units = dict(Unit.objects.order_by("pk").in_bulk())
    tree = tree_of({pk: unit.parent_id for pk, unit in units.items()}, counted)
    found = figures(tree, {tree.leaf(unit): each for unit, each in counted.items()})
    names: dict[Node, str] = {pk: unit.name for pk, unit in units.items()}
    return Coverage(standing.version, Line("Everybody", 0, found.get(COUNCIL)), _lines(tree, names, found))


def tree_of(parents: Mapping[int, int | None], counted: Mapping[int | None, Counted]) -> Tree:
    """The units in which there is anybody whom the policy is for, with those that they are parts of.

    That there is nobody in a unit is the staff structure and tells nothing of anybody. What has to be hidden beside a
    small unit is first what has the fewest units below it: a matter of the structure, not of the figures.
    """
    parents = _below_the_council(parents)
    needed = set[int]()
    for unit in counted:
        above = unit
        while above is not None and above not in needed:
            needed.add(above)
            above = parents[above]
    nobody_in: list[Node] = [directly(COUNCIL), *(directly(unit) for unit in needed - counted.keys())]
    if None not in counted:
        nobody_in.append(UNMAPPED)
    below = _units_below(parents)
    in_order = sorted(needed, key=lambda unit: (below[unit], unit))
    return Tree.of({unit: parents[unit] for unit in in_order}, nobody_in)


def _below_the_council(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """The same, where a unit that no way leads to from the council is a part of the council itself.

    Two changes at once may have closed a circle of units.
    """
    parts: dict[int | None, list[int]] = {}
    for unit, above in parents.items():
        parts.setdefault(above, []).append(unit)
    reached = list(parts.get(None, []))
    for unit in reached:
        reached += parts.get(unit, [])
    found = set(reached)
    return {unit: above if unit in found else None for unit, above in parents.items()}


def _units_below(parents: Mapping[int, int | None]) -> Counter[int]:
    """How many units each has below it."""
    found: Counter[int] = Counter()
    for unit in parents:
        above = parents[unit]
        while above is not None:
            found[above] += 1
            above = parents[above]
    return found


def figures(tree: Tree, counted: Mapping[Node, Counted]) -> dict[Node, Figure]:
    """What may be shown, by node; what is hidden is missing."""
    view = suppression.publish(tree, {node: Cell(each.people) for node, each in counted.items()})
    people = tree.totals({node: each.people for node, each in counted.items()})
    acknowledged = tree.totals({node: each.acknowledged for node, each in counted.items()})
    ranges = _ranges(tree, view, people, acknowledged)
    return {
        node: Figure(people[place], ranges[place])
        for place, node in enumerate(tree.nodes)
        if node not in view.hidden and people[place]
    }


def _ranges(tree: Tree, view: View, people: list[int], acknowledged: list[int]) -> list[Range]:
    """By place, what is told of those who acknowledged; of a hidden place, of what is shown below it."""
    told = [NOTHING] * len(tree.nodes)
    shown_people, shown_acknowledged = [0] * len(tree.nodes), [0] * len(tree.nodes)  # below each, the nearest shown
    for place in range(len(tree.nodes) - 1, -1, -1):
        if tree.nodes[place] not in view.hidden:
            hidden = people[place] - shown_people[place]
            told[place] += group_range(hidden, acknowledged[place] - shown_acknowledged[place], bool(tree.parts[place]))
            shown_people[place], shown_acknowledged[place] = people[place], acknowledged[place]
        if place:
            above = tree.above[place]
            told[above] += told[place]
            shown_people[above] += shown_people[place]
            shown_acknowledged[above] += shown_acknowledged[place]
    return told


def group_range(people: int, acknowledged: int, is_hidden: bool = True) -> Range:
    """What is told of a group: of a shown one everything, of a hidden one only what tells of no few people."""
    if not is_hidden or not people:
        return Range(acknowledged, acknowledged)
    if people < ENOUGH:
        return Range(0, people)
    if acknowledged <= FEW:
        return Range(0, FEW)
    if people - acknowledged <= FEW:
        return Range(people - FEW, people)
    return Range(acknowledged, acknowledged)


def _lines(tree: Tree, names: Mapping[Node, str], found: Mapping[Node, Figure]) -> list[Line]:
    """Every unit right before its parts, those in order of their names; whoever is in no unit comes last."""
    lines: list[Line] = []
    waiting = [(place, 0) for place in _by_name(tree, names, 0)]
    while waiting:
        place, depth = waiting.pop()
        node, above = tree.nodes[place], tree.nodes[tree.above[place]]
        label = names.get(node) or ("In no unit" if node == UNMAPPED else f"{names[above]}: in none of its parts")
        lines.append(Line(label, depth, found.get(node)))
        waiting += [(part, depth + 1) for part in _by_name(tree, names, place)]
    return lines


def _by_name(tree: Tree, names: Mapping[Node, str], place: int) -> list[int]:
    """The parts of a place, the last in order first: the next to be taken from the end."""
    return sorted(tree.parts[place], key=lambda part: names.get(tree.nodes[part], "\uffff"), reverse=True)
