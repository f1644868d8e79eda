"""The policies' pages: reading, writing, publishing, differences, the public's, coverage and the export for audit."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import reverse

from moothall.accounts.models import Unit, User
from moothall.accounts.roles import Kind, Role
from moothall.policies import actions, queries
from moothall.policies.models import Acknowledgement, Policy, RestsOn, Version
from moothall.records.models import Record
from tests import factories
from tests.policies import making
from tests.policies import pages as addresses

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def alice(db: None) -> User:
    """HR."""
    return making.writer(name="Alice Archer")


@pytest.fixture
def bob(db: None) -> User:
    """The desk: writes policies and sees coverage, and exports nothing."""
    return factories.person((Role.DESK, None), name="Bob Barrow")


@pytest.fixture
def charlie(db: None) -> User:
    """A member of staff without a role."""
    return factories.person(name="Charlie Clay")


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_from_the_list_to_an_acknowledgement(charlie: User, signed_in: Any) -> None:
    version = making.in_force()
    making.in_force("for-councillors", "councillors")
    browser = signed_in(charlie)
    listed = text_of(browser.get(reverse("policies")))
    assert "Waits for you" in listed
    assert "For others here" in listed
    assert 'Policies <span class="moot-count">1</span>' in listed
    page = text_of(browser.get(reverse("policy", args=["social-media"])))
    assert "What is expected of you has not changed." in page
    assert '<h2 class="govuk-heading-m">Speak</h2>' in page
    assert "I have read it" in page
    done = browser.post(reverse("acknowledge-policy", args=["social-media", 1]), follow=True)
    assert "Thank you. You acknowledged it." in text_of(done)
    assert "I have read it" not in text_of(done)
    assert Acknowledgement.objects.get().version == version


def test_the_page_says_since_when_whose_and_on_what_it_rests(alice: User, charlie: User, signed_in: Any) -> None:
    policy = making.policy(by=alice)
    link = RestsOn(title="Code of conduct", url="https://intranet.example/code", whose="hr")
    actions.save_policy(alice, policy, [link])
    making.publish(policy)
    lesson = making.lesson("Look twice at the account")
    making.publish(policy, because=(lesson,), what_changed="The composer names the account.")
    page = text_of(signed_in(charlie).get(reverse("policy", args=["social-media"])))
    today = queries.today()
    assert f"In force</span></span> since {today:%A} {today.day} {today:%B %Y}" in page
    assert "Alice Archer" in page
    assert 'href="https://intranet.example/code"' in page
    assert "The composer names the account." in page
    assert "We changed this because of what we learned" in page
    assert f'href="/lessons/{lesson.pk}/"' in page
    assert "Withdraw it" not in page
    assert "Who has acknowledged it, by unit" not in page


def test_differences_of_two_versions(charlie: User, signed_in: Any) -> None:
    policy = making.policy()
    making.publish(policy, text="You may speak on Mondays.")
    making.publish(policy, text="You may speak on any day.")
    making.publish(policy, text="You may speak and sing on any day.")
    browser = signed_in(charlie)
    page = text_of(browser.get(reverse("policy-changes", args=["social-media", 3])))
    assert "Against version 2." in page
    assert "[added: </span>and sing " in page
    page = text_of(browser.get(reverse("policy-changes", args=["social-media", 3]) + "?against=1"))
    assert "[removed: </span>Mondays<" in page
    assert browser.get(reverse("policy-changes", args=["social-media", 1])).status_code == 404


def test_an_older_version_says_that_it_holds_no_more(charlie: User, signed_in: Any) -> None:
    policy = making.policy()
    making.publish(policy)
    making.publish(policy)
    page = text_of(signed_in(charlie).get(reverse("policy-version", args=["social-media", 1])))
    assert "Superseded" in page
    assert "What holds now is" in page


def test_drafts_are_seen_by_those_who_write_alone(alice: User, charlie: User, signed_in: Any) -> None:
    policy = making.policy(by=alice)
    making.draft(policy, text="A secret until it is published.")
    as_charlie = signed_in(charlie)
    assert "Social media" not in text_of(as_charlie.get(reverse("policies")))
    for name, args in (("policy", ["social-media"]), ("policy-version", ["social-media", 1])):
        assert as_charlie.get(reverse(name, args=args)).status_code == 404
    making.publish(making.policy("another", by=alice))
    draft = Version.objects.get(published_at=None)
    actions.publish(alice, draft, draft.changed_at)
    making.draft(policy, text="A second secret.")
    assert as_charlie.get(reverse("policy-version", args=["social-media", 2])).status_code == 404
    assert "A second secret." in text_of(signed_in(alice).get(reverse("policy-version", args=["social-media", 2])))


def test_what_is_written_is_harmless_on_every_page(alice: User, signed_in: Any) -> None:
    policy = making.policy(by=alice, title="<script>alert(1)</script> at work", is_public=True)
    making.publish(policy, text="<script>alert(2)</script> [x](javascript:alert(3))", summary="<b onclick=x>Yes</b>")
    making.publish(policy, text="<img src=x onerror=alert(4)>", what_changed="<i>No</i>")
    browser = signed_in(alice)
    for name, args in (
        ("policies", []),
        ("policy", ["social-media"]),
        ("policy-version", ["social-media", 1]),
        ("policy-changes", ["social-media", 2]),
        ("policy-coverage", ["social-media"]),
        ("our-policies", []),
        ("our-policy", ["social-media"]),
    ):
        shown = browser.get(reverse(name, args=args)).content.decode()
        for harm in ("<script>alert", "<b onclick", "<img src=x", "<i>No", 'href="javascript'):
            assert harm not in shown, name


def test_a_withdrawn_policy_can_be_read_and_not_acknowledged(alice: User, charlie: User, signed_in: Any) -> None:
    version = making.in_force(by=alice, is_public=True)
    actions.withdraw(alice, version.policy, "Part of another.")
    browser = signed_in(charlie)
    page = text_of(browser.get(reverse("policy", args=["social-media"])))
    assert "It holds no more since" in page
    assert "I have read it" not in page
    refused = browser.post(reverse("acknowledge-policy", args=["social-media", 1]), follow=True)
    assert "not the one in force" in text_of(refused)
    assert Client().get(reverse("our-policy", args=["social-media"])).status_code == 404


# --- Writing ----------------------------------------------------------------------------------------------------------


def about(**changed: Any) -> dict[str, Any]:
    return {
        "title": "Social media",
        "slug": "social-media",
        "owner": "",
        "audience": ["all_staff", "contractors"],
        "needs_acknowledgement": "on",
        "rests-on-TOTAL_FORMS": "2",
        "rests-on-INITIAL_FORMS": "0",
        "rests-on-0-title": "Code of conduct",
        "rests-on-0-url": "https://intranet.example/code",
        "rests-on-0-whose": "hr",
        "rests-on-1-title": "",
        "rests-on-1-url": "",
        "rests-on-1-whose": "hr",
        **changed,
    }


def words(**changed: Any) -> dict[str, Any]:
    today = queries.today()
    return {
        "summary": "You may speak.",
        "text": "## Speak\n\nYou may.",
        "effective_on": today.isoformat(),
        "review_on": (today + timedelta(days=365)).isoformat(),
        **changed,
    }


def test_from_the_form_to_the_staff_and_the_public(bob: User, alice: User, charlie: User, signed_in: Any) -> None:
    browser = signed_in(bob)
    begun = browser.post(reverse("new-policy"), about(owner=alice.email.upper(), is_public="on"), follow=True)
    assert "Begun. Now write what it says." in text_of(begun)
    policy = Policy.objects.get()
    assert (policy.owner, policy.audience, policy.is_public) == (alice, ["all_staff", "contractors"], True)
    assert [each.title for each in policy.rests_on.all()] == ["Code of conduct"]
    kept = browser.post(reverse("draft-policy", args=["social-media"]), words(then="publish"), follow=True)
    shown = text_of(kept)
    assert "Publish version 1?" in shown
    assert '<h2 class="govuk-heading-m">Speak</h2>' in shown
    assert "3 people are asked" in shown
    assert Client().get(reverse("our-policy", args=["social-media"])).status_code == 404
    seen = Version.objects.get().changed_at.isoformat()
    done = browser.post(reverse("publish-policy", args=["social-media"]), {"seen": seen}, follow=True)
    assert "Published. It is in force now." in text_of(done)
    assert "You may speak." in text_of(Client().get(reverse("our-policies")))
    assert "You may." in text_of(Client().get(reverse("our-policy", args=["social-media"])))
    assert queries.due(charlie) == [Version.objects.get()]


def test_what_was_typed_is_kept_and_what_is_missing_is_said(alice: User, signed_in: Any) -> None:
    making.policy(by=alice)
    browser = signed_in(alice)
    typed = words(summary="", review_on="", then="publish")
    shown = text_of(browser.post(reverse("draft-policy", args=["social-media"]), typed, follow=True))
    assert "Before it can be published" in shown
    assert "Say in a few plain sentences what it says." in shown
    assert "Say by when it is reviewed." in shown
    assert 'name="seen"' not in shown
    seen = Version.objects.get().changed_at.isoformat()
    refused = browser.post(reverse("publish-policy", args=["social-media"]), {"seen": seen}, follow=True)
    assert "Say by when it is reviewed." in text_of(refused)
    assert Version.objects.get().published_at is None
    address = reverse("draft-policy", args=["social-media"])
    overtaken = text_of(browser.post(address, words(then="keep", text="Mine.")))
    assert "Somebody changed the draft while you wrote." in overtaken
    assert "Mine." in overtaken
    assert f'name="seen" value="{seen}"' in overtaken
    assert browser.post(address, words(then="keep", seen=seen)).status_code == 302
    assert Version.objects.get().summary == "You may speak."


def test_an_old_version_shows_what_it_was_called_and_rested_on(alice: User, charlie: User, signed_in: Any) -> None:
    policy = making.policy(by=alice)
    actions.save_policy(alice, policy, [RestsOn(title="Code", url="https://intranet.example/code", whose="hr")])
    making.publish(policy)
    policy.title, policy.audience = "Speak as you like", ["all_staff", "guests"]
    actions.save_policy(alice, policy, [])
    browser = signed_in(charlie)
    shown = text_of(browser.get(reverse("policy-version", args=["social-media", 1])))
    assert "Social media, version 1" in shown
    assert 'href="https://intranet.example/code"' in shown
    assert "All staff, and guests" not in shown
    assert "called “Social media”" in text_of(browser.get(reverse("policy", args=["social-media"])))


def test_the_public_sees_on_what_it_rests(alice: User) -> None:
    policy = making.policy(by=alice, is_public=True)
    actions.save_policy(alice, policy, [RestsOn(title="The Act", url="https://law.example/act", whose="law")])
    making.publish(policy)
    RestsOn.objects.create(policy=policy, title="On paper", url="file:///S:/paper", whose="hr")
    shown = text_of(Client().get(reverse("our-policy", args=["social-media"])))
    assert '<a class="govuk-link" href="https://law.example/act">The Act</a>' in shown
    assert "On paper" not in shown


def test_whoever_writes_can_begin_with_a_model(alice: User, charlie: User, signed_in: Any) -> None:
    link = f'href="{reverse("model-policies")}">Begin with Moothall’s model<'
    assert link in text_of(signed_in(alice).get(reverse("policies")))
    assert link not in text_of(signed_in(charlie).get(reverse("policies")))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"owner": "nobody@exampleshire.example"}, "Nobody who works here has this address."),
        ({"audience": []}, "Choose “For whom it is”."),
        ({"slug": "welcome"}, "taken by a page of Moothall"),
        ({"slug": "Not So"}, "Use small letters, digits and hyphens."),
        ({"rests-on-0-url": "javascript:alert(1)"}, "Give an address that begins with https://."),
        ({"rests-on-0-url": ""}, "Give its address, or take its title out."),
        ({"rests-on-0-title": ""}, "Say what it is called, or take its address out."),
    ],
)
def test_what_a_policy_cannot_be_is_said_beside_it(
    alice: User, signed_in: Any, changed: dict[str, Any], said: str
) -> None:
    answer = signed_in(alice).post(reverse("new-policy"), about(**{"owner": alice.email, **changed}))
    assert said in text_of(answer)
    assert not Policy.objects.exists()


def test_the_next_version_begins_with_the_words_of_the_last(alice: User, signed_in: Any) -> None:
    making.in_force(by=alice)
    lesson, browser = making.lesson(), signed_in(alice)
    form = text_of(browser.get(reverse("draft-policy", args=["social-media"])))
    assert "Version 1 stays as it is" in form
    assert "You may speak about your work." in form
    assert 'name="seen" value=""' in form
    typed = words(what_changed="Plainer.", because=[lesson.pk], earlier_stand="on", then="publish")
    shown = text_of(browser.post(reverse("draft-policy", args=["social-media"]), typed, follow=True))
    assert "What changed since version 1" in shown
    assert "but for those who acknowledged the version before" in shown
    again = text_of(browser.get(reverse("draft-policy", args=["social-media"])))
    assert f'value="{lesson.pk}"' in again
    assert "checked" in again
    draft = Version.objects.get(number=2)
    assert (draft.earlier_stand, list(draft.because.all())) == (True, [lesson])


def test_title_owner_and_links_change_on_their_page(alice: User, bob: User, signed_in: Any) -> None:
    making.in_force(by=alice)
    browser = signed_in(alice)
    address = reverse("change-policy", args=["social-media"])
    assert alice.email in text_of(browser.get(address))
    saved = browser.post(address, about(title="Speaking in public", owner=bob.email, slug="other"), follow=True)
    assert "Saved." in text_of(saved)
    policy = Policy.objects.get()
    assert (policy.slug, policy.title, policy.owner) == ("social-media", "Speaking in public", bob)


def test_withdrawing_asks_why(alice: User, signed_in: Any) -> None:
    making.in_force(by=alice)
    browser, address = signed_in(alice), reverse("withdraw-policy", args=["social-media"])
    assert "Fill in “Why?”." in text_of(browser.post(address, {"why": " "}))
    assert "It holds no more." in text_of(browser.post(address, {"why": "Part of another."}, follow=True))


def test_a_publication_of_something_else_than_was_read_is_refused(alice: User, signed_in: Any) -> None:
    policy = making.policy(by=alice)
    making.draft(policy)
    browser = signed_in(alice)
    for seen in ("", "yesterday", "2026-99-99T00:00:00", "2020-01-01T00:00:00+00:00"):
        answer = browser.post(reverse("publish-policy", args=["social-media"]), {"seen": seen}, follow=True)
        assert "changed or published meanwhile" in text_of(answer)


# --- Coverage and audit -----------------------------------------------------------------------------------------------


def test_coverage_shows_units_and_hides_the_small(bob: User, charlie: User, signed_in: Any) -> None:
    libraries, archives = Unit.objects.create(name="Libraries"), Unit.objects.create(name="Archives")
    version = making.in_force()
    User.objects.update(unit=libraries)
    for number in range(14):
        actions.acknowledge(factories.person(unit=libraries, name=f"Reader {number}"), version)
    factories.person(unit=archives)
    page = signed_in(bob).get(reverse("policy-coverage", args=["social-media"]))
    shown = text_of(page)
    assert shown.count('class="webuse-hidden"') == 6
    assert "Fewer than 10 people, or hidden so that" in shown
    assert "A range stands where" in shown
    assert "Reader 3" not in shown
    assert "Export for audit" not in shown
    assert signed_in(charlie).get(reverse("policy-coverage", args=["social-media"])).status_code == 403


def test_coverage_of_each_version_that_is_or_was_in_force(bob: User, signed_in: Any) -> None:
    policy = making.policy()
    making.publish(policy)
    browser = signed_in(bob)
    making.publish(policy)
    making.publish(policy, effective_on=queries.today() + making.DAY)
    shown = text_of(browser.get(reverse("policy-coverage", args=["social-media"]) + "?version=1"))
    assert "version 1" in shown
    assert "?version=2" in shown
    assert "?version=3" not in shown
    making.policy("never")
    assert browser.get(reverse("policy-coverage", args=["never"])).status_code == 404


def streamed(browser: Client, address: str) -> list[str]:
    """The lines of a file that is sent as it is made, as the server asks for it."""

    async def read() -> bytes:
        client = AsyncClient()
        client.cookies = browser.cookies
        answer: Any = await client.get(address)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        return b"".join([piece async for piece in answer])

    return async_to_sync(read)().decode().splitlines()


def test_the_export_says_who_has_and_who_has_not(alice: User, bob: User, charlie: User, signed_in: Any) -> None:
    unit = Unit.objects.create(name="=Archives")
    policy = making.policy("social-media", "all_staff", "contractors", by=alice)
    first = making.publish(policy)
    dora = factories.person(name="Dora Dell", unit=unit, kind=Kind.CONTRACTOR)
    actions.acknowledge(dora, first)
    actions.acknowledge(charlie, first)
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    factories.person(name="Councillor Quay", kind=Kind.COUNCILLOR)
    policy.title = "Renamed"
    actions.save_policy(alice, policy, [])
    making.publish(policy, earlier_stand=True)
    address = reverse("policy-acknowledgements", args=["social-media"])
    assert signed_in(bob).get(address).status_code == 403
    lines = streamed(signed_in(alice), address)
    assert lines[0] == "Person,E-mail address,Unit,Here as,Works here,Version acknowledged,Acknowledged,Title"
    assert any(line.startswith(f"Dora Dell,{dora.email},'=Archives,Contractor,yes,1,20") for line in lines)
    charlies = next(line for line in lines if line.startswith("Charlie Clay,"))
    assert ",no,1,20" in charlies
    assert charlies.endswith(",Social media")
    assert any(line.startswith("Bob Barrow,") and line.endswith(",yes,,not yet,") for line in lines)
    assert len(lines) == 5
    record = Record.objects.get(kind="policy.acknowledgements_exported")
    assert (record.actor_name, record.after) == ("Alice Archer", {"version": 2})


# --- Who may see what -------------------------------------------------------------------------------------------------


def test_every_page_for_everybody_who_may_see_it(signed_in: Any) -> None:
    people = SimpleNamespace(
        alice=factories.person((Role.LEAD, factories.service())),
        bob=factories.person((Role.LEAD, factories.service())),
        desk=factories.person((Role.DESK, None)),
        administrator=factories.person((Role.ADMINISTRATOR, None)),
        monitoring_officer=factories.person((Role.MONITORING_OFFICER, None)),
        colleague=factories.person(),
    )
    world = addresses.world(people)
    browsers = {name: signed_in(person) for name, person in vars(people).items()}
    for page in addresses.PAGES:
        address = reverse(page.name, args=[world[each] for each in page.of])
        if page.needs == "public":
            assert Client().get(address).status_code == page.right, str(page)
            continue
        assert Client().get(address).status_code == 302, str(page)
        right = next(
            name
            for name in ("alice", "desk", "administrator", "monitoring_officer")
            if getattr(people, name).may(page.needs)
        )
        assert browsers[right].get(address).status_code == (405 if page.post else page.right), str(page)
        wrong = browsers["bob"].post(address) if page.post else browsers["bob"].get(address)
        assert wrong.status_code == page.wrong, str(page)
