"""Who may add and change what: Alice writes for the libraries, Bob only sees, Charlie leads the highways."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django_tasks_db.models import DBTaskResult
from PIL import Image

from moothall.accounts.models import Service, User
from moothall.accounts.roles import Role
from moothall.core import pictures
from moothall.library import actions, incoming, processing, queries, tasks
from moothall.library.models import Asset
from moothall.records import queries as records
from tests import factories
from tests.library import films
from tests.library.conftest import uploaded

pytestmark = pytest.mark.django_db

Add = Callable[..., Asset]


def test_alice_adds_bob_sees_and_charlie_does_not(alice: User, bob: User, charlie: User, libraries: Service) -> None:
    asset = actions.add(alice, uploaded(films.photograph()), service=libraries, alt=" A market stall ")
    assert (asset.state, asset.alt, asset.added_by) == ("processing", "A market stall", alice)
    assert list(queries.visible(alice)) == list(queries.visible(bob)) == [asset]
    assert list(queries.visible(charlie)) == []
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            actions.add(person, uploaded(films.photograph("PNG")), service=libraries)
    assert Asset.objects.count() == 1


def test_what_is_every_service_s_is_the_desk_s_to_add_and_everybody_s_to_see(
    alice: User, bob: User, charlie: User, db: None
) -> None:
    desk, records_officer = factories.person((Role.DESK, None)), factories.person((Role.RECORDS_OFFICER, None))
    for person in (alice, charlie, records_officer):
        with pytest.raises(PermissionDenied):
            actions.add(person, uploaded(films.photograph()), service=None)
    asset = actions.add(desk, uploaded(films.photograph()), service=None)
    for person in (alice, bob, charlie, desk, records_officer):
        assert list(queries.visible(person)) == [asset]
    assert list(queries.visible(factories.person())) == [], "Without a role one sees no posts, and no media."
    with pytest.raises(PermissionDenied):
        actions.describe(alice, asset, "Mine now")


def test_nothing_is_changed_by_bob_or_charlie(add: Add, alice: User, bob: User, charlie: User) -> None:
    asset = add(films.photograph())
    consent = actions.note_consent(alice, asset, person="Fern", reference="C-1")
    crop = ("bluesky", 0, 0, 40, 40)
    actions.crop(alice, asset, *crop)
    before = list(Asset.objects.values()), list(asset.consents.values()), list(asset.crops.values())
    for person in (bob, charlie):
        for act in (
            lambda who: actions.describe(who, asset, "Other words"),
            lambda who: actions.set_captions(who, asset, None),
            lambda who: actions.note_consent(who, asset, person="Fern", reference="C-2"),
            lambda who: actions.withdraw_consent(who, consent),
            lambda who: actions.crop(who, asset, *crop),
            lambda who: actions.uncrop(who, asset, "bluesky"),
            lambda who: actions.remove(who, asset),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    assert before == (list(Asset.objects.values()), list(asset.consents.values()), list(asset.crops.values()))


def test_the_same_file_is_kept_once_for_those_who_see_the_first(
    add: Add, alice: User, charlie: User, libraries: Service
) -> None:
    first = add(films.photograph(), alt="The stall")
    again = actions.add(alice, uploaded(films.photograph(), "copy.jpg"), service=libraries)
    assert (again.pk, again.alt) == (first.pk, "The stall")
    highways = charlie.memberships.get().service
    theirs = actions.add(charlie, uploaded(films.photograph()), service=highways)
    assert theirs.pk != first.pk, "Charlie does not learn that the libraries have it."
    assert [each.name for each in incoming.path_of("x").parent.iterdir()] == [theirs.raw]


def test_a_file_that_failed_may_be_tried_again(add: Add) -> None:
    first, second = add(films.photograph()[:300]), add(films.photograph()[:300])
    assert first.state == second.state == "failed"
    assert first.pk != second.pk


def test_an_upload_that_is_sent_twice_is_added_once(alice: User, libraries: Service) -> None:
    once = uuid.uuid4()
    first = actions.add(alice, uploaded(films.photograph()), service=libraries, once=once)
    other_bytes = uploaded(films.photograph("PNG"))
    assert actions.add(alice, other_bytes, service=libraries, once=once) == first
    assert len(list(incoming.path_of("x").parent.iterdir())) == 1


def test_what_is_too_large_is_refused_by_its_kind(alice: User, libraries: Service, settings: Any) -> None:
    settings.UPLOAD_IMAGE_BYTES, settings.UPLOAD_VIDEO_BYTES = 2**20, 3 * 2**20
    for head, most in ((b"\xff\xd8\xff", "1 MB"), (b"GIF89a", "1 MB"), (b"\x00\x00\x00\x20ftypisom", "3 MB")):
        with pytest.raises(ValidationError, match=f"larger than {most}. Save a smaller copy"):
            actions.add(alice, uploaded(head + bytes(4 * 2**20)), service=libraries)
    assert not Asset.objects.exists()


def test_a_full_disk_is_said_and_leaves_nothing(
    alice: User, libraries: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming.os, "fsync", full)
    with pytest.raises(ValidationError, match="its disk may be full"):
        actions.add(alice, uploaded(films.photograph()), service=libraries)
    assert not Asset.objects.exists()
    assert list(incoming.path_of("x").parent.iterdir()) == []


def test_the_description_is_on_record_with_what_stood_there(add: Add, alice: User) -> None:
    asset = add(films.photograph(), alt="A stall")
    actions.describe(alice, asset, "A market stall with apples")
    last = records.of(f"asset:{asset.pk}").last()
    assert last is not None
    assert (last.kind, last.before, last.after) == (
        "media.described",
        {"alt": "A stall"},
        {"alt": "A market stall with apples"},
    )
    with pytest.raises(ValidationError, match="longer than 2,000 characters"):
        actions.describe(alice, asset, "x" * 2_001)


def test_a_crop_is_a_file_of_its_own_and_goes_to_its_network(add: Add, alice: User) -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste((255, 0, 0), (100, 0, 200, 100))
    out = io.BytesIO()
    image.save(out, "PNG")
    asset = add(out.getvalue())
    actions.crop(alice, asset, "bluesky", 110, 10, 80, 60)
    asset = Asset.objects.get()
    cut, whole = asset.facts("A field", "bluesky"), asset.facts("A field", "mastodon")
    assert (cut["width"], cut["height"], cut["alt"]) == (80, 60, "A field")
    assert (whole["width"], whole["height"], whole["name"]) == (200, 100, asset.name)
    with Image.open(pictures.path_of(cut["name"])) as after:
        red: Any = after.convert("RGB").getpixel((40, 30))
        assert red[0] > 200 > 60 > red[1]
    actions.uncrop(alice, asset, "bluesky")
    assert Asset.objects.get().facts("", "bluesky")["name"] == asset.name
    assert pictures.path_of(cut["name"]).exists(), "Something approved with it may still wait."


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((40, 0, 40, 40), "64 pixels wide and 48 high"),
        ((0, 20, 40, 40), "reaches beyond the picture"),
        ((-1, 0, 40, 40), "reaches beyond the picture"),
        ((0, 0, 20, 40), "at least 32 pixels"),
    ],
)
def test_a_crop_stays_within_the_picture(add: Add, alice: User, box: tuple[int, ...], said: str) -> None:
    asset = add(films.photograph())
    with pytest.raises(ValidationError, match=said):
        actions.crop(alice, asset, "bluesky", *box)
    with pytest.raises(ValidationError, match="Choose the network"):
        actions.crop(alice, asset, "nowhere", 0, 0, 40, 40)


def test_what_is_on_a_post_stays_and_what_is_on_none_goes_with_its_files(
    add: Add, alice: User, libraries: Service, django_capture_on_commit_callbacks: Any
) -> None:
    asset = add(films.photograph())
    post = factories.post(alice, factories.channel(service=libraries))
    post.attachments.create(asset=asset, position=1)
    assert queries.uses(asset) == {"attachment": 1}
    with pytest.raises(ValidationError, match="Take it off there first"):
        actions.remove(alice, asset)
    post.attachments.all().delete()
    actions.crop(alice, asset, "bluesky", 0, 0, 40, 40)
    files = [asset.name, asset.crops.get().name]
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(alice, asset)
    assert not Asset.objects.exists()
    assert not [name for name in files if pictures.path_of(name).exists()]


def test_a_file_that_two_assets_share_stays_for_the_other(
    add: Add, alice: User, charlie: User, django_capture_on_commit_callbacks: Any
) -> None:
    mine = add(films.photograph())
    theirs = actions.add(charlie, uploaded(films.photograph()), service=charlie.memberships.get().service)
    processing.process(theirs.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(alice, mine)
    theirs.refresh_from_db()
    assert theirs.name == mine.name
    assert pictures.path_of(theirs.name).exists()


def test_each_kind_of_file_wakes_its_own_queue(
    alice: User, libraries: Service, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.add(alice, uploaded(films.photograph()), service=libraries)
        actions.add(alice, uploaded(films.gif("red", "blue")), service=libraries)
    assert sorted(DBTaskResult.objects.values_list("queue_name", flat=True)) == ["pictures", "videos"]


def test_the_sweep_finds_what_the_queue_lost_and_tidies(
    alice: User, libraries: Service, django_capture_on_commit_callbacks: Any
) -> None:
    asset = actions.add(alice, uploaded(films.photograph()), service=libraries)
    assert not DBTaskResult.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [asset.pk]
