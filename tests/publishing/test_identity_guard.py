"""The dog never speaks for the council by a slip of the hand."""

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.accounts.roles import Role
from moothall.channels.models import Capacity, Channel
from moothall.publishing import actions, approving, checking, identity_guard
from moothall.publishing.content import Content, Wording
from moothall.publishing.models import Post
from tests import factories

pytestmark = pytest.mark.django_db


def speaker(capacity: Capacity, name: str) -> Channel:
    fire = factories.service("Fire and rescue")
    return factories.channel(capacity=capacity, display_name=name, service=fire, network="rehearsal")


@pytest.fixture
def dog() -> Channel:
    return speaker(Capacity.PERSONA, "Ember the dog")


@pytest.fixture
def council() -> Channel:
    return speaker(Capacity.CORPORATE, "Exampleshire")


@pytest.fixture
def handler(dog: Channel) -> User:
    """The dog's handler, who writes for the whole service."""
    return factories.person((Role.AUTHOR, dog.service))


def save(author: User, post: Post | None, *channels: Channel, confirmed: bool = False) -> Post:
    content = Content(channels[0].service, "Woof.", dict.fromkeys(channels, Wording()))
    return actions.save_post(author, post, content, voices_confirmed=confirmed)


def is_asked(post: Post) -> bool:
    return "voices" in [problem.code for _, problem in checking.problems(post)]


def test_two_accounts_of_one_persona_are_one_voice(dog: Channel, handler: User) -> None:
    second = speaker(Capacity.PERSONA, "Ember the dog")
    assert [str(each) for each in identity_guard.voices([dog, second])] == ["Ember the dog (persona)"]
    assert not is_asked(save(handler, None, dog, second))


def test_the_dog_and_the_council_in_one_post_ask_once_more(dog: Channel, council: Channel, handler: User) -> None:
    post = save(handler, None, dog, council)
    assert is_asked(post)
    with pytest.raises(ValidationError, match="in the same breath"):
        approving.send_for_approval(handler, post)
    assert not is_asked(save(handler, post, dog, council, confirmed=True))
    approving.send_for_approval(handler, post)


def test_a_yes_is_for_these_voices_and_no_others(dog: Channel, council: Channel, handler: User) -> None:
    post = save(handler, None, dog, council, confirmed=True)
    cat = speaker(Capacity.PERSONA, "Cinder the cat")
    assert is_asked(save(handler, post, dog, council, cat))


def test_a_switch_from_the_dog_to_the_council_asks_once_more(dog: Channel, council: Channel, handler: User) -> None:
    post = save(handler, None, dog)
    switched = save(handler, post, council)
    assert is_asked(switched)
    assert not is_asked(save(handler, switched, council, confirmed=True))


def test_and_so_does_the_switch_back(dog: Channel, council: Channel, handler: User) -> None:
    assert is_asked(save(handler, save(handler, None, council), dog))


def test_services_and_the_council_together_are_nothing_to_ask_about(council: Channel, handler: User) -> None:
    post = save(handler, None, council, speaker(Capacity.SERVICE, "Fire and rescue"))
    assert not is_asked(post)


def test_an_unanswered_question_is_not_forgotten_by_saving_again(dog: Channel, council: Channel, handler: User) -> None:
    post = save(handler, None, dog, council)
    assert is_asked(save(handler, post, dog, council))
