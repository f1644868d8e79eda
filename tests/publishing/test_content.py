"""What each channel carries of a post: threads, languages, crops, options; and what is said about it beforehand."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.channels.models import Channel
from moothall.library.models import Asset, AssetState, Consent, Crop
from moothall.networks.base import MediaKind
from moothall.publishing import actions, approving, checking, content
from moothall.publishing import delivery as deliveries
from moothall.publishing.content import Content, Enclosed, Wording
from moothall.publishing.models import Delivery, Post, QueueSlot, ReadyMade
from tests import factories
from tests.publishing.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def libraries() -> Service:
    return factories.service("Libraries")


@pytest.fixture
def alice(libraries: Service) -> User:
    return factories.person((Role.AUTHOR, libraries))


def practice(libraries: Service, like: str = "mastodon", **values: object) -> Channel:
    channel = factories.channel(network="rehearsal", service=libraries, **values)
    factories.connect(channel, like=like)
    return channel


def codes(alice: User, written: Content, **how: object) -> list[str]:
    """What is said about a saved post, by code."""
    post = actions.save_post(alice, None, written, **how)  # type: ignore[arg-type]
    return [problem.code for _, problem in checking.problems(post)]


def approve(alice: User, written: Content) -> list[Delivery]:
    post = actions.save_post(alice, None, written)
    return approving.approve(factories.person((Role.DESK, None)), approving.send_for_approval(alice, post))


def test_a_thread_makes_one_delivery_a_part_and_each_carries_its_own_media(libraries: Service, alice: User) -> None:
    channel = practice(libraries)
    pictures = [factories.asset(alice, "A shelf", service=libraries, colour=f"#{n}{n}{n}000") for n in (1, 2)]
    enclosed = [Enclosed(pictures[0], "A shelf", part=1), Enclosed(pictures[1], "A lamp", part=3)]
    text = "One.\n---\nTwo.\n---\nThree."
    deliveries = approve(alice, Content(libraries, text, {channel: Wording()}, enclosed=enclosed))
    assert [(each.part, each.text) for each in deliveries] == [(1, "One."), (2, "Two."), (3, "Three.")]
    assert [[facts["alt"] for facts in each.media] for each in deliveries] == [["A shelf"], [], ["A lamp"]]
    assert sorted(each.key for each in deliveries) == [each.key for each in deliveries], "keys sort as the parts do"


def test_a_channel_with_words_of_its_own_may_have_another_number_of_parts(libraries: Service, alice: User) -> None:
    short, long = practice(libraries), practice(libraries)
    picture = factories.asset(alice, "A lamp", service=libraries)
    written = Content(
        libraries,
        "One.\n---\nTwo.",
        {short: Wording("All in one."), long: Wording()},
        enclosed=[Enclosed(picture, "A lamp", part=2)],
    )
    rendered = {each.channel: each for each in content.renderings(written)}
    assert rendered[short].words == ["All in one."]
    assert len(rendered[short].parts[0].facts) == 1, "the picture of the part that is not there comes with the last"
    assert [len(part.facts) for part in rendered[long].parts] == [0, 1]


def test_each_channel_speaks_its_own_language(libraries: Service, alice: User) -> None:
    english, welsh = practice(libraries), practice(libraries, language="cy")
    written = Content(
        libraries,
        "Open today.",
        {english: Wording(), welsh: Wording()},
        second_text="Ar agor heddiw.",
        second_language="cy",
    )
    first, second = approve(alice, written)
    assert {(each.channel, each.text, each.language) for each in (first, second)} == {
        (english, "Open today.", "en"),
        (welsh, "Ar agor heddiw.", "cy"),
    }
    assert first.due_at == second.due_at, "they go out together"


def test_a_channel_whose_language_is_missing_keeps_the_post_back(libraries: Service, alice: User) -> None:
    english, welsh = practice(libraries), practice(libraries, language="cy")
    both = {english: Wording(), welsh: Wording()}
    assert "no-translation" in codes(alice, Content(libraries, "Open today.", both))
    own = {english: Wording(), welsh: Wording("Ar agor heddiw.")}
    assert "no-translation" not in codes(alice, Content(libraries, "Open today.", own))
    nowhere = Content(libraries, "Open.", {english: Wording()}, second_text="Ar agor.", second_language="cy")
    assert "second-nowhere" in codes(alice, nowhere)


def test_the_same_words_to_two_accounts_of_one_network_are_remarked_on(libraries: Service, alice: User) -> None:
    one, other = practice(libraries), practice(libraries)
    assert codes(alice, Content(libraries, "Alike.", {one: Wording(), other: Wording()})) == ["same-words"]
    assert codes(alice, Content(libraries, "Alike.", {one: Wording(), other: Wording("Not alike.")})) == []


def test_a_crop_goes_to_its_network_alone(libraries: Service, alice: User) -> None:
    channel, elsewhere = practice(libraries), factories.connected(service=libraries)
    picture = factories.asset(alice, "A lamp", service=libraries)
    Crop.objects.create(
        asset=picture, network="rehearsal", left=0, top=0, name="crops/a.jpg", content_type="image/jpeg",
        width=10, height=20, size=300,
    )  # fmt: skip
    written = Content(
        libraries, "Look.", {channel: Wording(), elsewhere: Wording()}, enclosed=[Enclosed(picture, "A lamp")]
    )
    names = {each["channel"]: each["parts"][0]["media"][0]["name"] for each in content.frozen(written)["variants"]}
    assert names == {channel.pk: "crops/a.jpg", elsewhere.pk: picture.name}


def test_an_asset_that_is_not_ready_keeps_the_post_back(libraries: Service, alice: User) -> None:
    picture = factories.asset(alice, "A lamp", service=libraries)
    written = Content(libraries, "Look.", {practice(libraries): Wording()}, enclosed=[Enclosed(picture, "A lamp")])
    Asset.objects.update(state=AssetState.PROCESSING)
    picture.refresh_from_db()
    assert codes(alice, written) == ["processing"]


def test_a_video_without_captions_keeps_the_post_back(libraries: Service, alice: User) -> None:
    video = factories.asset(alice, "A reading", service=libraries)
    Asset.objects.update(kind=MediaKind.VIDEO)
    video.refresh_from_db()
    written = Content(libraries, "Watch.", {practice(libraries): Wording()}, enclosed=[Enclosed(video, "A reading")])
    assert "no-captions" in codes(alice, written)
    with pytest.raises(ValidationError, match="has no captions"):
        approve(alice, written)
    Asset.objects.update(captions="captions/a.vtt")
    video.refresh_from_db()
    captioned = Content(libraries, "Watch.", written.variants, enclosed=[Enclosed(video, "A reading")])
    assert "no-captions" not in codes(alice, captioned)


def test_a_consent_that_ran_out_keeps_the_post_back_and_holds_what_waits(
    libraries: Service, alice: User, clock: Clock
) -> None:
    picture = factories.asset(alice, "A reader", service=libraries)
    written = Content(libraries, "Look.", {practice(libraries): Wording()}, enclosed=[Enclosed(picture, "A reader")])
    (delivery,) = approve(alice, written)
    ends = (datetime.now(UTC) + timedelta(days=1)).date()
    Consent.objects.create(asset=picture, person="A reader", reference="LIB-7", expires_on=ends)
    assert codes(alice, written) == []
    clock.advance(days=3)
    assert codes(alice, written) == ["no-consent"]
    assert deliveries.claim(delivery.channel_id) is None
    delivery.refresh_from_db()
    assert delivery.state == "held"
    assert "LIB-7" in delivery.trouble


def test_an_evergreen_post_rests(libraries: Service, alice: User) -> None:
    channel = practice(libraries)
    tip = ReadyMade.objects.create(
        service=libraries, kind="evergreen", name="Join the library", text="Join today.", rest_days=30
    )
    post = actions.save_post(alice, None, Content(libraries, "Join today.", {channel: Wording()}), made_from=tip)
    approving.approve(factories.person((Role.DESK, None)), approving.send_for_approval(alice, post))
    soon = Content(libraries, "Join today.", {channel: Wording()}, datetime.now(UTC) + timedelta(days=29))
    assert codes(alice, soon, made_from=tip) == ["resting"]
    later = Content(libraries, "Join today.", {channel: Wording()}, datetime.now(UTC) + timedelta(days=31))
    assert codes(alice, later, made_from=tip) == []


def test_a_campaign_tags_the_links_with_each_network(libraries: Service, alice: User) -> None:
    channel = practice(libraries)
    written = Content(libraries, "See https://example.org/join now", {channel: Wording()}, campaign="summer")
    (rendering,) = content.renderings(written)
    assert "utm_source=rehearsal" in rendering.words[0]
    assert "utm_campaign=summer" in rendering.words[0]


def test_next_free_slots_are_each_channels_own(libraries: Service, alice: User, clock: Clock) -> None:
    clock.ahead = datetime(2026, 10, 19, 12, tzinfo=UTC) - datetime.now(UTC)  # a Monday
    one, other = practice(libraries), practice(libraries)
    written = Content(libraries, "Whenever.", {one: Wording(), other: Wording()}, in_next_slots=True)
    assert sorted(codes(alice, written)) == ["no-slot", "no-slot", "same-words"]
    QueueSlot.objects.create(channel=one, weekday=1, at=time(9))
    QueueSlot.objects.create(channel=other, weekday=6, at=time(1, 30))
    first = {each.channel_id: each.due_at for each in approve(alice, written)}
    assert first[one.pk] == datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
    assert first[other.pk] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of the two half past ones"
    again = {each.channel_id: each.due_at for each in approve(alice, written)}
    assert again[one.pk] == datetime(2026, 10, 27, 9, 0, tzinfo=UTC), "the first is taken, and the clocks went back"
    assert Post.objects.exclude(scheduled_for=None).count() == 0


def test_the_link_of_a_card_tells_of_the_campaign_like_the_links_in_the_words(libraries: Service, alice: User) -> None:
    there = "https://exampleshire.gov.uk/books"
    practised, page = practice(libraries), factories.connected(service=libraries, handle="libraries")
    card = {"url": there, "title": "Books"}
    written = Content(libraries, f"See {there}", dict.fromkeys((practised, page), Wording()), card=card)
    for campaign, expected in (
        ("", there),
        ("spring", f"{there}?utm_source={{}}&utm_medium=social&utm_campaign=spring"),
    ):
        for each in approve(alice, replace(written, campaign=campaign)):
            of_network = expected.format(each.channel.network)
            assert each.text == f"See {of_network}"
            assert each.card == {"url": of_network, "title": "Books"}
    assert card["url"] == there
