"""How far a version has got, by unit: what is counted, and that nobody learns it of a few people."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Kind
from moothall.policies import actions, coverage, queries
from moothall.policies.coverage import FEW, Counted, Figure, Line, Range
from moothall.policies.models import Version
from moothall.webuse.suppression import COUNCIL, FEWEST, UNMAPPED, Node, Tree, directly
from tests import factories
from tests.policies import making


def staff(number: int, unit: Unit | None, version: Version | None = None, **values: Any) -> list[User]:
    """So many people of a unit; those who acknowledged ``version`` if it is given."""
    made = [factories.person(unit=unit, **values) for _ in range(number)]
    if version:
        for person in made:
            actions.acknowledge(person, version)
    return made


def seen(of: Version) -> dict[str, tuple[int, str] | None]:
    """What the page says, by the names of its lines."""
    found = coverage.of(queries.standing_of(of))
    return {line.label: _said(line) for line in (found.everybody, *found.lines)}


def _said(line: Line) -> tuple[int, str] | None:
    return (line.figure.people, line.figure.words) if line.figure else None


# --- What is counted --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_parts_are_rolled_up_and_a_small_unit_is_hidden_with_another_beside_it() -> None:
    people, libraries = Unit.objects.create(name="People"), Unit.objects.create(name="Libraries")
    north, south, mobile = (Unit.objects.create(name=name, parent=libraries) for name in ("North", "South", "Mobile"))
    version = making.in_force()
    User.objects.update(unit=people)  # its owner
    staff(9, people, version)
    staff(10, people)
    staff(14, north, version)
    staff(8, south, version)
    staff(12, south)
    staff(3, mobile, version)
    staff(2, mobile)
    staff(5, south, version=None, kind=Kind.CONTRACTOR)
    staff(5, south, version=None, is_active=False)
    assert seen(version) == {
        "Everybody": (59, "17 to 36"),
        "Libraries": (39, "8 to 27"),
        "Mobile": None,
        "North": None,
        "South": (20, "8"),
        "People": (20, "9"),
    }


@pytest.mark.django_db
def test_what_is_hidden_together_is_told_where_it_tells_of_nobody() -> None:
    unit = Unit.objects.create(name="Highways")
    big, small = (Unit.objects.create(name=name, parent=unit) for name in ("Roads", "Signs"))
    version = making.in_force()
    User.objects.update(unit=big)
    staff(10, big, version)
    staff(11, big)
    staff(3, small, version)
    assert seen(version)["Highways"] == (25, "13")
    staff(8, big, version)
    assert seen(version)["Highways"] == (33, "21")
    for person in User.objects.exclude(acknowledgements__version=version):
        actions.acknowledge(person, version)
    assert seen(version)["Highways"] == (33, "29 to 33")
    assert seen(version)["Roads"] is seen(version)["Signs"] is None


@pytest.mark.django_db
def test_earlier_acknowledgements_that_stand_are_counted_and_others_are_not() -> None:
    unit, policy = Unit.objects.create(name="Archives"), making.policy()
    User.objects.update(unit=unit)
    first = making.publish(policy)
    staff(12, unit, first)
    small_change = making.publish(policy, earlier_stand=True)
    staff(4, unit, small_change)
    anew = making.publish(policy)
    assert [seen(each)["Archives"] for each in (first, small_change, anew)] == [(17, "12"), (17, "16"), (17, "0")]


@pytest.mark.django_db
def test_those_in_no_unit_and_those_in_none_of_the_parts_have_lines() -> None:
    unit = Unit.objects.create(name="Fire")
    station = Unit.objects.create(name="Station", parent=unit)
    Unit.objects.create(name="Nobody works here")
    version = making.in_force()
    staff(10, None, version)
    staff(11, unit, version)
    staff(12, station, version)
    assert list(seen(version)) == ["Everybody", "Fire", "Station", "Fire: in none of its parts", "In no unit"]
    assert seen(version)["In no unit"] == (11, "10")
    assert seen(version)["Fire"] == (23, "23")


@pytest.mark.django_db
def test_what_has_fewest_units_below_it_is_hidden_beside_a_small_one() -> None:
    directorate, office = Unit.objects.create(name="Directorate"), Unit.objects.create(name="Office")
    team = Unit.objects.create(name="Team", parent=directorate)
    version = making.in_force()
    User.objects.update(unit=office)
    staff(11, directorate, version)
    staff(12, team, version)
    staff(19, office, version)
    staff(4, None, version)
    assert seen(version) == {
        "Everybody": (47, "43 to 47"),
        "Directorate": (23, "23"),
        "Team": (12, "12"),
        "Directorate: in none of its parts": (11, "11"),
        "Office": None,
        "In no unit": None,
    }


@pytest.mark.django_db
def test_of_fewer_than_ten_nothing_is_shown_at_all() -> None:
    version = making.in_force()
    staff(8, Unit.objects.create(name="Trees"), version)
    found = coverage.of(queries.standing_of(version))
    assert found.everybody.figure is None
    assert [line.figure for line in found.lines] == [None, None]
    assert not found.is_empty
    nobody = making.in_force("guests", "guests")
    assert coverage.of(queries.standing_of(nobody)).is_empty


@pytest.mark.parametrize(
    ("least", "most", "of", "words"),
    [
        (0, 0, 30, "0%"),
        (1, 1, 1000, "1%"),
        (999, 999, 1000, "99%"),
        (30, 30, 30, "100%"),
        (25, 29, 29, "86 to 100%"),
        (28, 28, 30, "93%"),
    ],
)
def test_a_share_is_of_the_figures_shown(least: int, most: int, of: int, words: str) -> None:
    assert Figure(of, Range(least, most)).percent == words


@pytest.mark.django_db
def test_a_circle_of_units_stands_under_the_council() -> None:
    """Two changes at once closed it."""
    north, south, station = (Unit.objects.create(name=name) for name in ("North", "South", "Station"))
    Unit.objects.filter(pk=north.pk).update(parent=south)
    Unit.objects.filter(pk=south.pk).update(parent=north)
    Unit.objects.filter(pk=station.pk).update(parent=north)
    version = making.in_force()
    User.objects.update(unit=north)
    staff(11, north, version)
    staff(12, south, version)
    staff(13, station, version)
    assert seen(version) == {
        "Everybody": (37, "36"),
        "North": (12, "11"),
        "South": (12, "12"),
        "Station": (13, "13"),
    }


def test_it_takes_two_queries(db: None, django_assert_num_queries: Any) -> None:
    unit = Unit.objects.create(name="Archives")
    standing = queries.standing_of(making.in_force())
    staff(12, unit)
    with django_assert_num_queries(2):
        coverage.of(standing)


# --- What nobody can find out -----------------------------------------------------------------------------------------


@st.composite
def organisations(draw: st.DrawFn) -> tuple[Tree, dict[Node, Counted]]:
    """A small tree with some small units and some larger ones, and how many of each acknowledged."""
    parents: dict[int, int | None] = {}
    for unit in range(draw(st.integers(1, 5))):
        parents[unit] = draw(st.sampled_from([None, *parents]))
    tree = Tree.of(parents, draw(st.sampled_from([(UNMAPPED, directly(COUNCIL)), (directly(COUNCIL),)])))
    leaves = [node for node, parts in zip(tree.nodes, tree.parts, strict=True) if not parts]
    counted = {}
    for leaf in leaves:
        people = draw(st.integers(1, 9) | st.integers(10, 24))
        share = draw(st.sampled_from([0, 0, people, people, people // 2]) | st.integers(0, people))
        counted[leaf] = Counted(people, share)
    return tree, counted


def possible(tree: Tree, counted: Mapping[Node, Counted], leaf: Node) -> set[int]:
    """What can be thought of those in ``leaf`` who acknowledged, by whoever has every figure and knows the method, and
    knows besides how many people are in each unit: each number for which an organisation is found that is shown the
    same. Those beside it under the same shown unit have as many more or fewer as is needed.
    """
    shown = coverage.figures(tree, counted)
    beside = [node for node in counted if node != leaf and _nearest(tree, shown, node) == _nearest(tree, shown, leaf)]
    found = set()
    for number in range(counted[leaf].people + 1):
        here = {**counted, leaf: Counted(counted[leaf].people, number)}
        worlds = (_moved(here, beside, by) for by in range(-FEWEST - FEW, FEWEST + FEW + 1))
        if any(world is not None and coverage.figures(tree, world) == shown for world in worlds):
            found.add(number)
    return found


def _nearest(tree: Tree, shown: Mapping[Node, Figure], node: Node) -> Node:
    """The nearest shown unit that ``node`` is in, or is."""
    while node not in shown and node != COUNCIL:
        node = tree.nodes[tree.above[tree.place[node]]]
    return node


def _moved(counted: Mapping[Node, Counted], beside: list[Node], by: int) -> dict[Node, Counted] | None:
    """The same with ``by`` people more in the others together; ``None`` if there are not as many."""
    world = dict(counted)
    for node in beside:
        of = world[node]
        acknowledged = min(max(of.acknowledged + by, 0), of.people)
        by -= acknowledged - of.acknowledged
        world[node] = Counted(of.people, acknowledged)
    return None if by else world


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(organisations())
def test_no_hidden_units_number_follows_from_what_is_shown(drawn: tuple[Tree, dict[Node, Counted]]) -> None:
    tree, counted = drawn
    shown = coverage.figures(tree, counted)
    for leaf, of in counted.items():
        assert leaf not in shown or of.people >= FEWEST
        if of.people < FEWEST:
            assert len(possible(tree, counted, leaf)) >= min(of.people, FEW) + 1


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(organisations())
def test_what_is_told_is_true(drawn: tuple[Tree, dict[Node, Counted]]) -> None:
    tree, counted = drawn
    people = tree.totals({node: each.people for node, each in counted.items()})
    acknowledged = tree.totals({node: each.acknowledged for node, each in counted.items()})
    for node, figure in coverage.figures(tree, counted).items():
        place = tree.place[node]
        assert figure.people == people[place]
        assert 0 <= figure.acknowledged.least <= acknowledged[place] <= figure.acknowledged.most <= people[place]


def test_whole_numbers_everywhere_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody in the hidden units acknowledged: with exact sums, who looks for it finds it."""
    tree = Tree.of({1: None, 2: None, 3: None}, (UNMAPPED, directly(COUNCIL)))
    counted: dict[Node, Counted] = {1: Counted(20, 0), 2: Counted(30, 30), 3: Counted(4, 0)}
    assert possible(tree, counted, 3) == {0, 1, 2, 3, 4}
    monkeypatch.setattr(coverage, "group_range", lambda people, acknowledged, _: Range(acknowledged, acknowledged))
    assert possible(tree, counted, 3) == {0}
