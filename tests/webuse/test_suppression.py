"""What is hidden stays hidden: from the rules, from somebody who tries everything, and from all views together."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.webuse.suppression import (
    COUNCIL,
    FEWEST,
    UNMAPPED,
    Cell,
    Node,
    Shown,
    Tree,
    View,
    directly,
    publish,
    publish_series,
    publish_together,
    rounded,
    rounded_average,
    uncovered,
)
from tests.webuse.attacker import Publish, Solver, leaves, possible, told

NOBODY_THERE = (UNMAPPED, directly(COUNCIL))
FLAT = Tree.of({1: None, 2: None, 3: None}, NOBODY_THERE)
DEEP = Tree.of({1: None, 2: None, 11: 1, 12: 1, 21: 2}, NOBODY_THERE)
some = partial(settings, derandomize=True, deadline=None, database=None)


def cells(tree: Tree, *counts: int) -> dict[Node, Cell]:
    return {node: Cell(count, count * 30) for node, count in zip(leaves(tree), counts, strict=True)}


def inside(tree: Tree, node: Node) -> list[Node]:
    return [tree.nodes[part] for part in tree.parts[tree.place[node]]]


def people(view: View) -> dict[Node, int | None]:
    return {node: shown.people for node, shown in view.shown.items()}


def ours(tree: Tree, counts: Mapping[Node, Cell], k: int) -> frozenset[Node]:
    return publish(tree, counts, k).hidden


def only_what_is_small(tree: Tree, counts: Mapping[Node, Cell], k: int) -> frozenset[Node]:
    totals = tree.totals({node: cell.people for node, cell in counts.items()})
    return frozenset(node for node, count in zip(tree.nodes, totals, strict=True) if count < k)


def with_the_least_beside_it(tree: Tree, counts: Mapping[Node, Cell], k: int) -> frozenset[Node]:
    """What is small, and the figures with fewest people until two with ``k`` people are hidden; for a flat tree."""
    hidden = set(only_what_is_small(tree, counts, k))
    for node in sorted(counts, key=lambda each: counts[each].people):
        if not hidden or (len(hidden) > 1 and sum(counts[each].people for each in hidden - {COUNCIL}) >= k):
            break
        hidden.add(node)
    return frozenset(hidden)


@st.composite
def trees(draw: st.DrawFn, most: int = 6) -> Tree:
    parents: dict[int, int | None] = {}
    for unit in range(draw(st.integers(1, most))):
        parents[unit] = draw(st.sampled_from([None, *parents]))
    return Tree.of(parents, draw(st.sampled_from([(), (UNMAPPED,), NOBODY_THERE])))


def test_a_figure_under_ten_and_a_nought_look_alike() -> None:
    view = publish(FLAT, cells(FLAT, 40, 3, 0))
    assert view.shown[2] == view.shown[3] == Shown(None)


def test_one_small_unit_hides_another_beside_it() -> None:
    assert people(publish(FLAT, cells(FLAT, 41, 33, 3))) == {COUNCIL: 75, 1: None, 2: 35, 3: None}


def test_nothing_is_hidden_where_nobody_is_few() -> None:
    view = publish(DEEP, cells(DEEP, 12, 14, 20, 31, 40))
    assert not view.hidden
    assert view.shown[12] == Shown(20, 30)


def test_a_council_of_nine_shows_nothing() -> None:
    assert publish(FLAT, cells(FLAT, 3, 3, 3)).hidden == frozenset(FLAT.nodes)


def test_a_hidden_directorate_cannot_be_added_up() -> None:
    tree = Tree.of({1: None, 2: None, 3: None, 11: 1, 12: 1}, NOBODY_THERE)
    view = publish(tree, {directly(1): Cell(20), 11: Cell(30), 12: Cell(40), 2: Cell(50), 3: Cell(4)})
    assert view.hidden == {1, directly(1), 3}


def test_what_is_hidden_in_the_week_is_hidden_on_the_day() -> None:
    week = publish(FLAT, cells(FLAT, 41, 33, 3))
    day = publish(FLAT, cells(FLAT, 30, 25, 0), within=[week])
    assert week.hidden <= day.hidden


def test_working_hours_and_the_rest_are_hidden_together() -> None:
    inside, outside = publish_together(FLAT, [cells(FLAT, 40, 30, 20), cells(FLAT, 22, 3, 15)])
    assert inside.hidden == outside.hidden == {1, 2}


def test_parts_that_tell_of_a_small_one_are_hidden() -> None:
    """37 people used a category, 30 of them maps: seven at least are behind the figure that is hidden."""
    whole, maps, news = cells(FLAT, 37, 30, 20), cells(FLAT, 30, 30, 20), cells(FLAT, 7, 20, 12)
    assert uncovered(FLAT, whole, [maps, news]) == {1}


def test_hits_of_a_quiet_hour_are_covered_by_a_busier_one() -> None:
    assert publish_series([0, 3, 14, 200], [0, 70, 900, 9000]) == [None, None, None, 9000]
    assert publish_series([12, 14], [700, 900]) == [700, 900]
    assert publish_series([1, 2], [70, 90]) == [None, None]


@pytest.mark.parametrize("k", [2, 5, 7, 10, 12])
def test_rounded_people_are_never_under_k_and_never_tell_one_number(k: int) -> None:
    alike: dict[int, list[int]] = defaultdict(list)
    for count in range(k, 60):
        alike[rounded(count, k)].append(count)
    assert min(alike) >= k
    assert all(len(counts) >= 3 and max(counts) - shown <= 2 for shown, counts in list(alike.items())[:-1])


def test_minutes_are_rounded_a_person() -> None:
    assert [rounded_average(total, 10) for total in (0, 24, 25, 74, 75)] == [0, 0, 5, 5, 10]


def test_units_in_a_ring_and_people_in_an_inner_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="part of itself"):
        Tree.of({1: 2, 2: 1})
    with pytest.raises(ValueError, match="cannot be counted"):
        publish(DEEP, {1: Cell(3)})
    assert [DEEP.leaf(unit) for unit in (1, 11, None, 99)] == [directly(1), 11, UNMAPPED, UNMAPPED]


@some(max_examples=40)
@given(tree=trees(5), k=st.integers(2, 4), more=st.integers(0, 9), forced=st.sets(st.integers(0, 4), max_size=2))
def test_whoever_tries_every_organisation_learns_no_small_figure(
    tree: Tree, k: int, more: int, forced: set[int]
) -> None:
    """The guarantee for one tree, of figures that are not even rounded."""
    also = forced & set(tree.nodes)
    total = k + min(more, 9 if len(leaves(tree)) < 6 else 4)
    for secret in possible(tree, total, k, lambda *of: publish(*of, also=also).hidden):
        assert min(secret.values) >= k or len(secret.values) >= k, secret


@pytest.mark.parametrize("method", [only_what_is_small, with_the_least_beside_it])
def test_whoever_tries_every_organisation_beats_a_weaker_method(method: Publish) -> None:
    secrets = list(possible(FLAT, 12, 3, method))
    assert any(secret.values <= {0, 1, 2} and len(secret.values) == 1 for secret in secrets)


@some(max_examples=200)
@given(tree=trees(12), seed=st.integers(0, 10**6))
def test_no_hidden_figure_follows_by_linear_algebra(tree: Tree, seed: int) -> None:
    chance = random.Random(seed)
    view = publish(tree, {node: Cell(chance.choice([0, 3, 9, 10, 12, 25, 60])) for node in leaves(tree)})
    assert told(tree, view.hidden) == set()


def test_linear_algebra_beats_primary_suppression() -> None:
    counts = cells(DEEP, 20, 30, 40, 3, 50)
    assert told(DEEP, only_what_is_small(DEEP, counts, FEWEST)) == {directly(2)}


def test_rounding_alone_does_not_help_primary_suppression() -> None:
    counts = cells(FLAT, 12, 12, 9)
    view = publish(FLAT, counts)
    bare = {node: Shown(rounded(count)) for node, count in ((COUNCIL, 33), (1, 12), (2, 12))} | {3: Shown(None)}
    unaware = Solver(FLAT, FEWEST, {"week": View(bare, frozenset({3}))}, is_complemented=False)
    assert unaware.narrowed("week", 3) == (9, 9)
    assert Solver(FLAT, FEWEST, {"week": view}).narrowed("week", 3) == (0, 9)


def test_that_nearly_everybody_did_it_does_not_tell_who_did_not() -> None:
    """All ten of a unit were active, nine of them used it, and elsewhere everybody did."""
    whole = publish(FLAT, cells(FLAT, 12, 12, 10))
    part = publish(FLAT, cells(FLAT, 12, 12, 9), within=[whole])
    solver = Solver(FLAT, FEWEST, {"all": whole, "part": part}, {"part": ["all"]})
    assert solver.narrowed("part", 3) == (0, 12)
    unaware = Solver(FLAT, FEWEST, {"all": whole, "part": publish(FLAT, cells(FLAT, 12, 12, 9))}, {"part": ["all"]})
    assert unaware.narrowed("part", 3) == (9, 9)


def test_one_more_person_between_two_publications_can_be_seen() -> None:
    """No method for one publication holds against this: a period is published once, when it is over."""
    before, after = (publish(FLAT, cells(FLAT, 40, 30, count)) for count in (12, 13))
    assert (before.shown[3].people, after.shown[3].people) == (10, 15)


DAYS, HOURS = range(3), ("early", "morning", "late")
DOMAINS = {"social": ("a.example", "b.example"), "news": ("c.example",), "maps": ("d.example", "e.example")}


@dataclass
class Organisation:
    """Who did what: minutes by view, leaf and person. ``habit``: whether a person does one thing, all, or some."""

    tree: Tree
    chance: random.Random
    habit: str
    minutes: dict[str, dict[Node, dict[int, int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    )

    def __post_init__(self) -> None:
        person = 0
        for leaf in leaves(self.tree):
            for _ in range(self.chance.choice([0, 2, 4, 9, 10, 11, 12, 13, 20, 23])):
                person += 1
                self._live(leaf, person)

    def _live(self, leaf: Node, person: int) -> None:
        often = {"all": 0.97, "some": self.chance.random(), "one": 1.0}[self.habit]
        everything = [(day, hour, category) for day in DAYS for hour in HOURS for category in DOMAINS]
        for day, hour, category in [self.chance.choice(everything)] if self.habit == "one" else everything:
            if self.chance.random() > often:
                continue
            domain = self.chance.choice(DOMAINS[category])
            names = ["all", f"day {day}", category, f"{category} {day}", domain, f"{hour} {day}"]
            if self.chance.random() < 0.2:
                names += ["blocked", f"blocked {day}"]
            if category == "social":
                names.append("social in working hours" if hour == "morning" else "social outside")
            spent = self.chance.randrange(1, 20)
            for name in names:
                self.minutes[name][leaf][person] += spent

    def cells(self, name: str) -> dict[Node, Cell]:
        return {leaf: Cell(len(each), sum(each.values())) for leaf, each in self.minutes[name].items()}

    def count(self, name: str, node: Node) -> int:
        return self.tree.totals({leaf: cell.people for leaf, cell in self.cells(name).items()})[self.tree.place[node]]


class Published:
    """All views of an organisation, from the widest to the narrowest, as the method wants them."""

    def __init__(self, organisation: Organisation) -> None:
        self.tree, self.cells = organisation.tree, organisation.cells
        self.views: dict[str, View] = {}
        self.within: dict[str, list[str]] = {}
        self.also: dict[str, Collection[Node]] = {}
        self.covers: list[tuple[str, Sequence[str]]] = []
        self.show("all")
        by_day = self.split("all", [f"day {day}" for day in DAYS])
        by_category = self.split("all", list(DOMAINS))
        for day in DAYS:
            self.show(f"day {day}", "all", also=by_day)
        for category in DOMAINS:
            self.show(category, "all", also=by_category)
        self.show_days_of_categories()
        self.show_the_rest()

    def split(self, whole: str, parts: Sequence[str]) -> frozenset[Node]:
        self.covers.append((whole, parts))
        return uncovered(self.tree, self.cells(whole), [self.cells(part) for part in parts])

    def show(self, name: str, *wholes: str, also: Collection[Node] = ()) -> None:
        self.within[name], self.also[name] = list(wholes), also
        self.views[name] = publish(self.tree, self.cells(name), FEWEST, [self.views[each] for each in wholes], also)

    def show_days_of_categories(self) -> None:
        on = {day: self.split(f"day {day}", [f"{category} {day}" for category in DOMAINS]) for day in DAYS}
        for category in DOMAINS:
            by_day = self.split(category, [f"{category} {day}" for day in DAYS])
            for day in DAYS:
                self.show(f"{category} {day}", category, f"day {day}", also=by_day | on[day])
        self.show("blocked", "all")
        by_day = self.split("blocked", [f"blocked {day}" for day in DAYS])
        for day in DAYS:
            self.show(f"blocked {day}", "blocked", f"day {day}", also=by_day)

    def show_the_rest(self) -> None:
        for category, domains in DOMAINS.items():
            by_domain = self.split(category, domains)
            for domain in domains:
                self.show(domain, category, also=by_domain)
        for day in DAYS:
            by_hour = self.split(f"day {day}", [f"{hour} {day}" for hour in HOURS])
            for hour in HOURS:
                self.show(f"{hour} {day}", f"day {day}", also=by_hour)
        pair = ["social in working hours", "social outside"]
        also = self.split("social", pair)
        both = publish_together(self.tree, [self.cells(each) for each in pair], FEWEST, [self.views["social"]], also)
        for name, view in zip(pair, both, strict=True):
            self.views[name], self.within[name], self.also[name] = view, ["social"], view.hidden

    def solver(self) -> Solver:
        return Solver(self.tree, FEWEST, self.views, self.within, self.also, self.covers)


def small_secrets(organisation: Organisation, published: Published) -> list[tuple[str, tuple[Node, ...], int]]:
    """The hidden figures under ``k`` of the views that show anything, and the sums of two of sibling units."""
    found = []
    for name, view in published.views.items():
        hidden = [[node for node in inside(organisation.tree, above) if node in view.hidden] for above in view.shown]
        for siblings in hidden if view.shown[COUNCIL].people else []:
            for nodes in [*((node,) for node in siblings), *combinations(siblings, 2)]:
                count = sum(organisation.count(name, node) for node in nodes)
                if count < FEWEST:
                    found.append((name, nodes, count))
    return found


@some(max_examples=8)
@given(tree=trees(8), seed=st.integers(0, 10**6), habit=st.sampled_from(["one", "all", "some"]))
def test_whoever_has_every_view_cannot_tell_a_small_figure(tree: Tree, seed: int, habit: str) -> None:
    """All inequalities between views at once. This is what was seen, not what is proved."""
    organisation = Organisation(tree, random.Random(seed), habit)
    published = Published(organisation)
    solver = published.solver()
    secrets = small_secrets(organisation, published)
    for name, nodes, count in random.Random(seed).sample(secrets, min(len(secrets), 5)):
        least, most = solver.narrowed(name, *nodes)
        assert least <= count <= most
        assert most - least >= 2, (name, nodes, least, most)
        assert most >= FEWEST - 1
    for name, nodes, _ in secrets[:1]:
        fewest_minutes, most_minutes = solver.narrowed_minutes(name, *nodes)
        assert most_minutes - fewest_minutes >= 60
