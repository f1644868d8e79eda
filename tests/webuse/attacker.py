"""Somebody who has every page, export, filter and period of the web-use room and wants to know a hidden figure.

They know the method, its order and ``k``, the tree of units, how figures are rounded, and what follows from what people
are: they add up along the tree; a part is never more than its whole; a whole is never more than its parts together.
They go three ways: ``possible`` tries every organisation that would have been published the same, ``told`` is linear
algebra on unrounded figures, ``Solver`` is integer programming over all views at once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import ceil, floor

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from moothall.webuse.suppression import STEP, Cell, Node, Tree, View, rounded

WEEK_OF_MINUTES = 7 * 24 * 60

Publish = Callable[[Tree, Mapping[Node, Cell], int], frozenset[Node]]
"""A method of suppression: what it hides."""


def leaves(tree: Tree) -> list[Node]:
    return [node for node, parts in zip(tree.nodes, tree.parts, strict=True) if not parts]


def shares(total: int, among: int) -> Iterator[tuple[int, ...]]:
    """Every way to have ``total`` people in ``among`` places."""
    if among == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in shares(total - first, among - 1):
            yield (first, *rest)


@dataclass(frozen=True)
class Secret:
    """A hidden figure, or the sum of several of sibling units, and what it may be."""

    nodes: tuple[Node, ...]
    values: frozenset[int]


def possible(tree: Tree, total: int, k: int, publish: Publish) -> Iterator[Secret]:
    """What each hidden figure may be, for everything that can be published, unrounded, of ``total`` people."""
    alike = defaultdict(list)
    for counts in shares(total, len(leaves(tree))):
        cells = {node: Cell(count) for node, count in zip(leaves(tree), counts, strict=True)}
        people = tree.totals({node: cell.people for node, cell in cells.items()})
        hidden = publish(tree, cells, k)
        seen = tuple(None if node in hidden else count for node, count in zip(tree.nodes, people, strict=True))
        alike[seen].append(people)
    for seen, worlds in alike.items():
        for parts in tree.parts:
            secrets = [part for part in parts if seen[part] is None]
            for size in range(1, len(secrets) + 1):
                for some in combinations(secrets, size):
                    values = frozenset(sum(people[part] for part in some) for people in worlds)
                    yield Secret(tuple(tree.nodes[part] for part in some), values)


def told(tree: Tree, hidden: frozenset[Node]) -> set[Node]:
    """The hidden nodes whose people follow from the unrounded figures of the others by addition and subtraction."""
    basis: dict[int, list[Fraction]] = {}

    def reduced(node: Node) -> list[Fraction]:
        row = _row(tree, node)
        for pivot, other in basis.items():
            if row[pivot]:
                row = [one - row[pivot] * two for one, two in zip(row, other, strict=True)]
        return row

    for node in tree.nodes:
        if node in hidden:
            continue
        row = reduced(node)
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is None:
            continue
        row = [value / row[pivot] for value in row]
        for other, values in basis.items():
            basis[other] = [one - values[pivot] * two for one, two in zip(values, row, strict=True)]
        basis[pivot] = row
    return {node for node in hidden if not any(reduced(node))}


def _row(tree: Tree, node: Node) -> list[Fraction]:
    """Which leaves are in ``node``."""
    place = tree.place[node]
    inside = {place}
    for each in range(place + 1, len(tree.nodes)):
        if tree.above[each] in inside:
            inside.add(each)
    return [Fraction(tree.place[leaf] in inside) for leaf in leaves(tree)]


@dataclass
class Solver:
    """All views at once, by name. ``within``: of which views a view is a part; ``also``: what was hidden in it for the
    sake of others; ``covers``: wholes, and the parts that together are the whole."""

    tree: Tree
    k: int
    views: Mapping[str, View]
    within: Mapping[str, Sequence[str]] = field(default_factory=dict)
    also: Mapping[str, Collection[Node]] = field(default_factory=dict)
    covers: Sequence[tuple[str, Sequence[str]]] = ()
    is_complemented: bool = True
    """Whether they may trust that our method was used, and not one that hides only what is small."""

    def __post_init__(self) -> None:
        self.leaves = leaves(self.tree)
        self.member = {node: np.flatnonzero(np.array(_row(self.tree, node), dtype=bool)) for node in self.tree.nodes}
        self.start = {name: number * len(self.leaves) for number, name in enumerate(self.views)}
        self.half = len(self.views) * len(self.leaves)
        self.rows: list[dict[int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for name, view in self.views.items():
            self._know_view(name, view)
        for part, wholes in self.within.items():
            for whole in wholes:
                self._know_cover([part], whole)
        for whole, parts in self.covers:
            self._know_cover([whole], *parts)
        self.matrix = csr_array(
            (
                [value for row in self.rows for value in row.values()],
                (
                    [number for number, row in enumerate(self.rows) for _ in row],
                    [column for row in self.rows for column in row],
                ),
            ),
            shape=(len(self.rows), 2 * self.half),
        )

    def people(self, name: str, *nodes: Node) -> dict[int, float]:
        return {self.start[name] + int(leaf): 1.0 for node in nodes for leaf in self.member[node]}

    def minutes(self, name: str, *nodes: Node) -> dict[int, float]:
        return {column + self.half: 1.0 for column in self.people(name, *nodes)}

    def _know(self, row: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _know_view(self, name: str, view: View) -> None:
        for leaf in self.leaves:
            people, minutes = self.people(name, leaf), self.minutes(name, leaf)
            self._know({**minutes, **dict.fromkeys(people, -1.0)}, low=0)
            self._know({**minutes, **{column: -float(WEEK_OF_MINUTES) for column in people}}, high=0)
        for node in self.tree.nodes:
            shown = view.shown[node]
            if shown.people is None:
                if self._is_known_small(name, node):
                    self._know(self.people(name, node), high=self.k - 1)
                continue
            least = self.k if shown.people == rounded(self.k, self.k) else shown.people - STEP // 2
            self._know(self.people(name, node), least, shown.people + STEP // 2)
            if self.is_complemented:
                self._know_rest(name, node)
            if shown.minutes is not None:
                for edge, limits in ((-STEP / 2, {"low": 0.0}), (STEP / 2, {"high": 0.0})):
                    average = dict.fromkeys(self.people(name, node), -(shown.minutes + edge))
                    self._know({**self.minutes(name, node), **average}, **limits)

    def _is_known_small(self, name: str, node: Node) -> bool:
        """Covers are hidden in the tree's order: what is hidden behind a part that is shown covers nothing."""
        place = self.tree.place[node]
        before = [self.tree.nodes[each] for each in self.tree.parts[self.tree.above[place]] if each < place]
        elsewhere = any(node in self.views[whole].hidden for whole in self.within.get(name, ()))
        may_be_large = self.tree.parts[place] or elsewhere or node in self.also.get(name, ())
        return not may_be_large and any(each not in self.views[name].hidden for each in before)

    def _know_rest(self, name: str, node: Node) -> None:
        """Under a shown unit nobody is hidden, or ``k`` people or more."""
        hidden = self.views[name].hidden
        row = dict.fromkeys(self.people(name, node), 1.0)
        some = False
        waiting = list(self.tree.parts[self.tree.place[node]])
        while waiting:
            part = waiting.pop()
            if self.tree.nodes[part] in hidden:
                some = True
                waiting += self.tree.parts[part]
            else:
                row.update(dict.fromkeys(self.people(name, self.tree.nodes[part]), 0.0))
        if some:
            self._know({column: value for column, value in row.items() if value}, low=self.k)

    def _know_cover(self, less: Sequence[str], *more: str) -> None:
        """In each leaf, ``less`` is no more than all of ``more`` together, in people and in minutes."""
        for leaf in self.leaves:
            for of in (self.people, self.minutes):
                row = {column: -1.0 for name in less for column in of(name, leaf)}
                self._know(row | {column: 1.0 for name in more for column in of(name, leaf)}, low=0)

    def narrowed(self, name: str, *nodes: Node) -> tuple[int, int]:
        """The fewest and the most people that these can have in this view."""
        low, high = self._limits(self.people(name, *nodes))
        return ceil(low - 1e-6), floor(high + 1e-6)

    def narrowed_minutes(self, name: str, *nodes: Node) -> tuple[float, float]:
        """The least and the most minutes of all of them together."""
        return self._limits(self.minutes(name, *nodes))

    def _limits(self, goal: Mapping[int, float]) -> tuple[float, float]:
        cost = np.zeros(2 * self.half)
        cost[list(goal)] = list(goal.values())
        return self._least(cost), -self._least(-cost)

    def _least(self, cost: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
        found = milp(
            cost,
            integrality=np.repeat([1, 0], self.half),
            bounds=Bounds(0, np.inf),
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            options={"time_limit": 30},
        )
        assert found.status == 0, found.message
        return float(found.fun)
