"""What may be shown of figures about few people. Pure: counts go in, and what a page or an export may say comes out.

For one subject (all use, a category, a domain, an hour of the heat map …) and one period, people and total minutes add
up along the tree of units and along nothing else: council, directorates, units, and under every unit with parts the
people who are "directly in" it. ``publish`` decides for one such tree; docs/developers/suppression.md has the method,
why it is safe, and what it cannot hold against.

The guarantee, for one tree: whoever knows the method, its order, ``k`` and even the unrounded value of everything shown
finds at least ``k`` values possible for a hidden figure under ``k``, and for a sum of hidden sibling units under ``k``.
They may know that it is under ``k``. Between several views there is no such proof, only what the tests try.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Node = int | str
"""A unit by its id, or one of the council, those not mapped, and those directly in a unit."""

COUNCIL = "council"
UNMAPPED = "unmapped"
FEWEST = 10
STEP = 5
"""People are rounded to this, and so are minutes."""


def directly(unit: Node) -> str:
    """The people who are in ``unit`` itself and in none of its parts."""
    return f"directly in {unit}"


@dataclass(frozen=True)
class Cell:
    """Distinct people, and the minutes of all of them together where they are counted."""

    people: int
    minutes: int | None = None


@dataclass(frozen=True)
class Shown:
    """What may be said: people, rounded, and their average minutes, rounded. ``None`` in ``people``: hidden."""

    people: int | None
    minutes: int | None = None


HIDDEN = Shown(None)


@dataclass(frozen=True)
class Tree:
    """The units, from the council down. ``above`` and ``parts`` are places in ``nodes``; the council is at place 0."""

    nodes: tuple[Node, ...]
    above: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]
    place: Mapping[Node, int]

    @classmethod
    def of(cls, parents: Mapping[int, int | None], nobody_in: Collection[Node] = ()) -> "Tree":
        """``parents``: what each unit is a part of; ``None``: of the council.

        Its order says which unit is hidden first to cover another: sort it by something that does not change with the
        figures, such as the number of staff. ``nobody_in``: ``UNMAPPED`` and ``directly(…)`` where by the staff
        structure nobody can be. Raises ``ValueError`` if the units are no tree.
        """
        below: dict[Node, list[Node]] = {COUNCIL: [UNMAPPED, directly(COUNCIL)]}
        for unit, parent in parents.items():
            below.setdefault(COUNCIL if parent is None else parent, []).append(unit)
        nodes: list[Node] = [COUNCIL]
        above, parts = [0], []
        for place, node in enumerate(nodes):
            inside = below.get(node, [])
            if inside and node != COUNCIL:
                inside = [directly(node), *inside]
            inside = [each for each in inside if each not in nobody_in]
            parts.append(tuple(range(len(nodes), len(nodes) + len(inside))))
            nodes += inside
            above += [place] * len(inside)
        if not set(parents) <= set(nodes):
            raise ValueError("a unit is a part of itself, or of one that there is not")
        return cls(tuple(nodes), tuple(above), tuple(parts), {node: place for place, node in enumerate(nodes)})

    def leaf(self, unit: int | None) -> Node:
        """Where people of ``unit`` are counted; ``None`` and units that the tree does not know: as not mapped."""
        if unit is None or unit not in self.place:
            return UNMAPPED
        return directly(unit) if self.parts[self.place[unit]] else unit

    def totals(self, leaves: Mapping[Node, int]) -> list[int]:
        """By place, the sums over the leaves. Raises ``ValueError`` for a node that is no leaf, or a negative count."""
        found = [0] * len(self.nodes)
        for node, count in leaves.items():
            place = self.place.get(node)
            if place is None or self.parts[place] or count < 0:
                raise ValueError(f"people or minutes cannot be counted in {node!r}")
            found[place] = count
        for place in range(len(found) - 1, 0, -1):
            found[self.above[place]] += found[place]
        return found


@dataclass(frozen=True)
class View:
    """One subject in one period, as it may be stored, shown and exported."""

    shown: Mapping[Node, Shown]
    hidden: frozenset[Node]


def publish(
    tree: Tree,
    cells: Mapping[Node, Cell],
    k: int = FEWEST,
    within: Sequence[View] = (),
    also: Collection[Node] = (),
) -> View:
    """What may be shown of ``cells``, the counts of the leaves; a leaf that is missing has nobody.

    ``within`` are the views of which this is a part, such as the week of a day, and all use for a category: what is
    hidden in them stays hidden. ``also`` is hidden whatever it holds. Raises ``ValueError`` for a cell that is no leaf.
    """
    people = tree.totals({node: cell.people for node, cell in cells.items()})
    minutes = _minutes(tree, cells)
    given = {tree.place[node] for node in frozenset(also).union(*(view.hidden for view in within))}
    shown = dict.fromkeys(tree.nodes, HIDDEN)
    places = _Hiding(tree, people, k, given, _most(within)).shown()
    for place in places:
        average = None if minutes is None else rounded_average(minutes[place], people[place])
        shown[tree.nodes[place]] = Shown(rounded(people[place], k), average)
    return View(shown, frozenset(tree.nodes).difference([tree.nodes[place] for place in places]))


def publish_together(
    tree: Tree,
    several: Sequence[Mapping[Node, Cell]],
    k: int = FEWEST,
    within: Sequence[View] = (),
    also: Collection[Node] = (),
) -> list[View]:
    """The same for views that are hidden together, such as use within and outside working hours: a unit that is hidden
    in one of them is hidden in all."""
    hidden = frozenset(also)
    while True:
        views = [publish(tree, cells, k, within, hidden) for cells in several]
        together = frozenset().union(*(view.hidden for view in views))
        if together == hidden:
            return views
        hidden = together


def uncovered(
    tree: Tree, whole: Mapping[Node, Cell], parts: Sequence[Mapping[Node, Cell]], k: int = FEWEST
) -> frozenset[Node]:
    """The units for which ``whole`` and those of its ``parts`` with ``k`` people or more would tell that somebody is in
    a part with fewer: give them to ``publish`` of each part as ``also``.

    ``parts`` together are the whole: the days of a week, the hours of a day, all categories. Whoever is in the whole is
    in one part at least, so the whole is never more than the parts together.
    """
    wholes = tree.totals({node: cell.people for node, cell in whole.items()})
    split = [tree.totals({node: cell.people for node, cell in part.items()}) for part in parts]
    found = set()
    for place, node in enumerate(tree.nodes):
        counts = [each[place] for each in split]
        small = sum(count < k for count in counts)
        rest = wholes[place] - sum(count for count in counts if count >= k)
        if small and rest > (k - 1) * (small - 1) and wholes[place] >= k:
            found.add(node)
    return frozenset(found)


def publish_series(people: Sequence[int], volumes: Sequence[int], k: int = FEWEST) -> list[int | None]:
    """The hits or bytes of the whole council, by hour or day, beside their published total. ``None``: hidden.

    Hidden is what fewer than ``k`` people did; if there is any, the first hour or day with ``k`` or more too, so that
    the total tells of no hour that few people made alone.
    """
    shown: list[int | None] = [volume if count >= k else None for count, volume in zip(people, volumes, strict=True)]
    if None in shown:
        cover = next((place for place, count in enumerate(people) if count >= k), None)
        if cover is not None:
            shown[cover] = None
    return shown


def rounded(people: int, k: int = FEWEST) -> int:
    """To the nearest 5, and never under ``k``: the least figure is ``k`` rounded up to 5."""
    return max((people + STEP // 2) // STEP * STEP, -(-k // STEP) * STEP)


def rounded_average(minutes: int, people: int) -> int:
    """Minutes a person, to the nearest 5; what is half-way goes up."""
    return (2 * minutes + STEP * people) // (2 * STEP * people) * STEP


def _minutes(tree: Tree, cells: Mapping[Node, Cell]) -> list[int] | None:
    counted = {node: cell.minutes for node, cell in cells.items() if cell.minutes is not None}
    return tree.totals(counted) if len(counted) == len(cells) else None


def _most(within: Sequence[View]) -> dict[int, int]:
    """By place, how many people there can be in a part of these views, where all of them show it."""
    figures = zip(*(view.shown.values() for view in within), strict=True)
    return {
        place: min(each.people or 0 for each in shown) + STEP // 2
        for place, shown in enumerate(figures)
        if HIDDEN not in shown
    }


@dataclass
class _Region:
    """What is hidden under one shown unit, down to the next shown ones: only the sum of all that is known."""

    people: int = 0
    room: int = 0
    """How many people the hidden parts could have at most, by what is shown of them elsewhere."""
    opened: list[int] = field(default_factory=list)
    """The units that some parts are hidden of while others may be shown: the shown one at the top, and hidden ones."""


class _Hiding:
    """The method, from the council down."""

    def __init__(
        self, tree: Tree, people: Sequence[int], k: int, given: Collection[int], most: Mapping[int, int]
    ) -> None:
        self.parts, self.people, self.k, self.most = tree.parts, people, k, most
        self.given = set(given)

    def shown(self) -> list[int]:
        """The places that are shown. A unit of which hiding all parts is not enough goes too; then all begins anew."""
        while True:
            self.out = [count < self.k for count in self.people]
            for place in self.given:
                self.out[place] = True
            found = self._shown()
            if found is not None:
                return found

    def _shown(self) -> list[int] | None:
        waiting = [] if self.out[0] else [0]
        shown = []
        while waiting:
            place = waiting.pop()
            shown.append(place)
            opened = [place]
            if any(self.out[part] for part in self.parts[place]):
                region = _Region()
                self._open(place, region)
                self._fill(region, 0)
                if not self._is_enough(region, 0):
                    self.given.add(place)
                    return None
                opened = region.opened
            waiting += [part for each in opened for part in self.parts[each] if not self.out[part]]
        return shown

    def _open(self, place: int, region: _Region) -> None:
        """Take what is hidden of ``place`` into the region; its first part always is."""
        region.opened.append(place)
        first, *others = self.parts[place]
        self.out[first] = True
        self._take(first, region, self._most(first))
        for part in others:
            if self.out[part]:
                is_small = self.people[part] < self.k and part not in self.given
                self._take(part, region, self.k - 1 if is_small else self._most(part))

    def _take(self, part: int, region: _Region, most: int) -> None:
        if self.parts[part] and self.people[part] >= self.k:
            self._open(part, region)
        else:
            region.people += self.people[part]
            region.room += most

    def _fill(self, region: _Region, since: int) -> None:
        """Hide more parts, in their order and in the lowest unit first, until it is enough."""
        for number in range(len(region.opened) - 1, since - 1, -1):
            for part in self.parts[region.opened[number]]:
                if self._is_enough(region, number):
                    break
                if not self.out[part]:
                    self.out[part] = True
                    before = len(region.opened)
                    self._take(part, region, self._most(part))
                    self._fill(region, before)

    def _is_enough(self, region: _Region, number: int) -> bool:
        """``k`` people, two parts of the shown unit, and room for any one figure under ``k`` to be nought."""
        if not self.k <= region.people <= region.room - (self.k - 1):
            return False
        return bool(number) or sum(self.out[part] for part in self.parts[region.opened[0]]) > 1

    def _most(self, part: int) -> int:
        return self.most.get(part, 2 * self.people[0])
