"""Who may see which unit's web use. Nobody may whom this file does not let."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from moothall.accounts.models import Unit, User


@dataclass(frozen=True)
class Units:
    """The staff structure, read once. ``below`` has the parts of each unit, and under ``None`` the topmost."""

    by_id: Mapping[int, Unit]
    below: Mapping[int | None, tuple[Unit, ...]]

    def above(self, unit: Unit) -> Iterator[Unit]:
        """``unit`` itself and, nearest first, those that it is a part of."""
        seen = set[int]()
        here: Unit | None = unit
        while here is not None and here.pk not in seen:  # two changes at once may have closed a circle
            seen.add(here.pk)
            yield here
            here = self.by_id.get(here.parent_id) if here.parent_id else None

    def in_order(self) -> Iterator[tuple[Unit, int]]:
        """Each unit with how deep it stands, its parts right after it."""
        waiting = [(unit, 0) for unit in reversed(self.below.get(None, ()))]
        while waiting:
            unit, depth = waiting.pop()
            yield unit, depth
            waiting += [(part, depth + 1) for part in reversed(self.below.get(unit.pk, ()))]


def units() -> Units:
    """The staff structure as it is now."""
    found = list(Unit.objects.order_by("name"))
    below: dict[int | None, tuple[Unit, ...]] = {}
    for unit in found:
        below[unit.parent_id] = (*below.get(unit.parent_id, ()), unit)
    return Units({unit.pk: unit for unit in found}, below)


def led_by(person: User) -> frozenset[int]:
    """The ids of the units that ``person`` leads, without their parts."""
    return frozenset(person.leads.values_list("pk", flat=True)) if person.is_active else frozenset()


@dataclass(frozen=True)
class Sight:
    """What one person may see of the units."""

    units: Units
    led: frozenset[int]
    sees_any: bool

    def leads(self, unit: Unit) -> bool:
        """Whether they lead it, or one that it is a part of."""
        return any(each.pk in self.led for each in self.units.above(unit))

    def may_see(self, unit: Unit) -> bool:
        return self.sees_any or self.leads(unit)

    def visible(self) -> list[tuple[Unit, int]]:
        """The units that they may see, in order, with how deep each stands."""
        return [(unit, depth) for unit, depth in self.units.in_order() if self.may_see(unit)]

    def unit(self, pk: int) -> Unit:
        """The unit, if they may see it. Raises ``PermissionDenied`` or, where they might see it, ``Http404``."""
        unit = self.units.by_id.get(pk)
        if unit is None and self.sees_any:
            raise Http404("There is no such unit.")
        if unit is None or not self.may_see(unit):
            raise PermissionDenied("You may see the web use of the units that you lead.")
        return unit


def sight(person: User) -> Sight:
    """What ``person`` may see."""
    return Sight(units(), led_by(person), person.may("webuse.units"))


def has_a_page(person: User) -> bool:
    """Whether there is any page of figures for them."""
    return any(map(person.may, ("webuse.council", "webuse.units", "webuse.social", "webuse.security"))) or bool(
        led_by(person)
    )
