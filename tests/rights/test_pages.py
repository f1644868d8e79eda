"""The pages of requests, as whoever asks, whoever answers and everybody else meets them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from moothall.accounts.models import User
from moothall.rights import actions
from moothall.rights.models import RightsRequest
from moothall.rights.states import Kind, State
from tests.rights.making import asked
from tests.webuse import purposes

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_form_to_the_answer(
    alice: User, dora: User, charlie: User, signed_in: Any, at: Callable[..., None]
) -> None:
    as_alice, as_dora, as_charlie = signed_in(alice), signed_in(dora), signed_in(charlie)
    new = reverse("new-data-request", args=["objection"])
    assert "read by nobody else" in text_of(as_alice.get(new))
    sent = text_of(as_alice.post(new, {"words": "I am a union representative."}, follow=True))
    assert "Only those who answer it can read it." in sent
    assert "You hear from us by <b>Friday 6 November 2026</b>" in sent
    request = RightsRequest.objects.get()
    address = request.get_absolute_url()
    listed = text_of(as_dora.get(reverse("data-requests")))
    assert "Alice Archer" in listed
    assert "Answer it by Friday 6 November 2026" in listed
    assert re.search(r"Data requests\s*<span[^>]*>1<", listed), "the rail counts it"
    assert "union representative" in text_of(as_dora.get(address))
    as_dora.post(reverse("acknowledge-data-request", args=[request.pk]))
    assert "In the hands of Dora Dell" in text_of(as_alice.get(address))
    as_dora.post(
        reverse("tell-of-data-request", args=[request.pk]), {"words": "We must ask the makers.", "takes_longer": "on"}
    )
    told = text_of(as_alice.get(address))
    assert "We must ask the makers." in told
    assert "Wednesday 6 January 2027" in told
    answer = reverse("answer-data-request", args=[request.pk])
    done = text_of(as_dora.post(answer, {"outcome": "upheld", "words": "We leave you out."}, follow=True))
    assert "We leave you out." in done
    read = text_of(as_alice.get(address))
    assert "We leave you out." in read
    assert "If you do not agree" not in read
    for each in (address, answer, reverse("data-requests")):
        assert as_charlie.get(each).status_code in (403, 404)


def test_a_refusal_says_where_one_can_turn(alice: User, dora: User, signed_in: Any) -> None:
    request = asked(alice, Kind.CORRECTION, "I joined in 2019.")
    actions.answer(dora, request, State.REFUSED, "Your contract says 2020.")
    read = text_of(signed_in(alice).get(request.get_absolute_url()))
    for each in ("Information Commissioner", "ico.org.uk", "0303 123 1113", "go to court", "section 164A"):
        assert each in read


def test_whoever_complained_learns_it_whatever_came_of_it(alice: User, dora: User, signed_in: Any) -> None:
    request = asked(alice, Kind.COMPLAINT, "Too much is kept.")
    actions.answer(dora, request, State.UPHELD, "You are right.")
    read = text_of(signed_in(alice).get(request.get_absolute_url()))
    assert "ico.org.uk" in read
    assert "make a data protection complaint to us" not in read


def test_it_can_be_of_a_purpose(alice: User, signed_in: Any) -> None:
    purpose = purposes.in_force()
    new, browser = reverse("new-data-request", args=["question"]), signed_in(alice)
    assert purpose.title in text_of(browser.get(new))
    sent = browser.post(new, {"words": "Why?", "purpose": purpose.pk}, follow=True)
    assert f'href="{purpose.get_absolute_url()}"' in text_of(sent)


def test_what_was_typed_stays_in_the_form_that_was_not_whole(alice: User, dora: User, signed_in: Any) -> None:
    new = reverse("new-data-request", args=["complaint"])
    assert "Say it in a few words." in text_of(signed_in(alice).post(new, {"words": " "}))
    request = asked(alice, Kind.OBJECTION, "I object.")
    answer = reverse("answer-data-request", args=[request.pk])
    again = text_of(signed_in(dora).post(answer, {"words": "A long answer."}))
    assert "A long answer." in again
    assert "Choose “How does it end?”." in again
    assert "I object." in again, "they read what they answer"
    assert RightsRequest.objects.get(pk=request.pk).state == State.OPEN


def test_too_late_for_longer_is_said_beside_the_box(
    alice: User, dora: User, signed_in: Any, at: Callable[..., None]
) -> None:
    request = asked(alice, Kind.OBJECTION, "I object.")
    at(2026, 11, 7)
    browser = signed_in(dora)
    tell = reverse("tell-of-data-request", args=[request.pk])
    assert "The first month is over" in text_of(browser.post(tell, {"words": "Soon.", "takes_longer": "on"}))
    assert "overdue" in text_of(browser.get(reverse("data-requests"))).lower()
    overdue = text_of(signed_in(alice).get(request.get_absolute_url()))
    assert "The time for this ran out on Friday 6 November 2026." in overdue
    assert reverse("new-data-request", args=["complaint"]) in overdue


def test_alice_adds_to_it_and_withdraws_it(alice: User, dora: User, signed_in: Any) -> None:
    request, browser, as_dora = asked(alice), signed_in(alice), signed_in(dora)
    browser.post(reverse("add-to-data-request", args=[request.pk]), {"words": "And since when?"})
    assert "And since when?" in text_of(as_dora.get(request.get_absolute_url()))
    withdraw = reverse("withdraw-data-request", args=[request.pk])
    assert as_dora.post(withdraw).status_code == 404
    assert "Withdrawn." in text_of(browser.post(withdraw, follow=True))
    late = text_of(browser.post(reverse("add-to-data-request", args=[request.pk]), {"words": "Wait"}))
    assert actions.MEANWHILE in late


def test_an_officer_who_asks_is_told_that_another_answers(dora: User, signed_in: Any) -> None:
    request, browser = asked(dora), signed_in(dora)
    read = text_of(browser.get(request.get_absolute_url()))
    assert "Answer it</a>" not in read
    assert "Nobody is there to answer yet" in read
    for name in ("acknowledge-data-request", "answer-data-request"):
        refused = browser.post(reverse(name, args=[request.pk]), {"outcome": "answered", "words": "Nothing."})
        assert refused.status_code == 403
    assert "Nothing waits for you." in text_of(browser.get(reverse("data-requests")))


def test_there_are_four_kinds_and_no_other(alice: User, signed_in: Any) -> None:
    assert signed_in(alice).get(reverse("new-data-request", args=["wish"])).status_code == 404


def test_what_is_typed_is_harmless(alice: User, dora: User, signed_in: Any) -> None:
    request = asked(alice, words="<script>alert(1)</script>")
    for browser in (signed_in(alice), signed_in(dora)):
        assert "<script>alert" not in browser.get(request.get_absolute_url()).content.decode()


def test_the_ended_are_listed_apart(alice: User, dora: User, signed_in: Any) -> None:
    actions.answer(dora, asked(alice), State.ANSWERED, "Nothing.")
    listed = text_of(signed_in(dora).get(reverse("data-requests")))
    assert "Ended" in listed
    assert "Nothing waits for you." in listed
