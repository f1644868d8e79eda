"""Texts that the database keeps sealed."""

from typing import Any

import pytest
from django.db import connection

from moothall.concerns.models import Concern
from moothall.core import clock, localtime, sealed_text, sealing

pytestmark = pytest.mark.django_db

WORDS = "A swan was seen where no swan should be."


def concern(words: str = WORDS) -> Concern:
    now = clock.now()
    return Concern.objects.create(about="online", words=words, raised_at=now, since=localtime.local(now).date())


def raw(of: Concern) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute('SELECT words, "where" FROM concerns_concern WHERE id = %s', [of.pk])
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def test_python_reads_it_and_a_copy_of_the_database_does_not() -> None:
    made = concern()
    assert Concern.objects.get().words == WORDS
    words, where = raw(made)
    assert "swan" not in words
    assert where == ""


def test_nobody_can_look_for_it_by_its_words() -> None:
    concern()
    with pytest.raises(TypeError):
        Concern.objects.filter(words=WORDS).exists()
    with pytest.raises(TypeError):
        Concern.objects.filter(words__icontains="swan").exists()


def test_a_new_key_seals_it_and_the_old_one_can_go(settings: Any) -> None:
    old, new = settings.SEALING_KEYS[0], sealing.new_key()
    made = concern()
    settings.SEALING_KEYS = [new, old]
    before = raw(made)
    resealed, closed = sealed_text.reseal_all()
    assert (resealed, closed) == (1, 0)
    assert raw(made) != before
    settings.SEALING_KEYS = [new]
    assert Concern.objects.get().words == WORDS


def test_what_no_key_opens_is_counted_and_left_as_it_is(settings: Any) -> None:
    made = concern()
    before = raw(made)
    settings.SEALING_KEYS = [sealing.new_key()]
    assert sealed_text.reseal_all() == (0, 1)
    assert raw(made) == before
    with pytest.raises(sealing.CannotOpen):
        Concern.objects.get()
