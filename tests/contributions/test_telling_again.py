"""What a phone sends again, late, or from a page that somebody went back to: nothing is lost, and nothing doubled."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.contributions import desk
from moothall.contributions.models import Contribution, People
from moothall.core import clock
from moothall.events.models import Event
from moothall.library import processing
from moothall.library.models import Asset
from tests import factories

pytestmark = pytest.mark.django_db


def send(phone: Client, to: str, once: uuid.UUID, words: str, **values: Any) -> dict[str, Any]:
    data = {"once": once, "words": words, "naming": "no", **values}
    answer: dict[str, Any] = phone.post(to, data, headers={"accept": "application/json"}).json()
    return answer


def test_what_came_is_told_so_again_though_its_pictures_are_in_use(
    charlie: User, alice: User, event: Event, channel: Channel, signed_in: Any
) -> None:
    phone, to = signed_in(charlie), reverse("tell-event", args=[event.slug])
    once, picture = uuid.uuid4(), uuid.uuid4()
    phone.post(reverse("tell-picture"), {"once": picture, "alt": "A gritter", "file": factories.upload()})
    values = {"pictures": str(picture), "people": People.NOBODY}
    first = send(phone, to, once, "The gritters are out.", **values)
    made = Contribution.objects.get(pk=first["told"])
    asset = Asset.objects.get(once=picture)
    processing.process(asset.pk)
    desk.make_post(alice, made, desk.Plan(channel.service, "Out.", [channel], [(asset, "A gritter")]))
    assert send(phone, to, once, "The gritters are out.", **values) == first


def test_other_words_from_the_same_form_are_told_too(charlie: User, event: Event, signed_in: Any) -> None:
    phone, to, once = signed_in(charlie), reverse("tell-event", args=[event.slug]), uuid.uuid4()
    for _ in range(2):
        send(phone, to, once, "The gritters are out.")
        send(phone, to, once, "The gritters are back.")
    said = Contribution.objects.order_by("pk").values_list("words", flat=True)
    assert list(said) == ["The gritters are out.", "The gritters are back."]


def test_what_was_told_before_the_end_is_for_the_event_that_was_on(charlie: User, event: Event, signed_in: Any) -> None:
    phone = signed_in(charlie)
    assert phone.get(reverse("tell")).url == reverse("tell-event", args=[event.slug])
    told_at = (clock.now() - timedelta(minutes=15)).isoformat()
    Event.objects.filter(pk=event.pk).update(ends_at=clock.now() - timedelta(minutes=5))
    answer = send(phone, reverse("tell"), uuid.uuid4(), "Told in the field.", told_at=told_at)
    assert Contribution.objects.get(pk=answer["told"]).event == event
    later = send(phone, reverse("tell"), uuid.uuid4(), "Told afterwards.")
    assert Contribution.objects.get(pk=later["told"]).event is None


def test_what_is_told_for_no_event_is_for_none(charlie: User, event: Event, signed_in: Any) -> None:
    answer = send(signed_in(charlie), reverse("tell") + "?event=none", uuid.uuid4(), "About the canteen.")
    assert Contribution.objects.get(pk=answer["told"]).event is None
