"""Second steps in the database: of no use to whoever steals it, and sealed anew when the keys change."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.db import connection
from django.test import Client

from moothall.accounts import sealing
from moothall.accounts.models import User
from moothall.core import sealing as core_sealing
from moothall.core.sealing import CannotOpen, new_key, open_sealed
from moothall.operating.commands import moothall
from moothall.records.models import Record
from tests import factories
from tests.accounts.test_signing_in import code_at, is_signed_in, sign_in, somebody

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSKEY = {"name": "Rowan’s key", "credential": {"id": "cGFzc2tleQ"}}


@pytest.fixture
def rowan() -> User:
    """Somebody with an authenticator app and recovery codes."""
    person = somebody()
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def of(person: User, kind: str) -> Authenticator:
    found: Authenticator = Authenticator.objects.get(user=person, type=kind)
    return found


def codes(person: User) -> list[str]:
    return list(RecoveryCodes(of(person, "recovery_codes")).get_unused_codes())


def enter(person: User, code: str) -> Client:
    """A browser in which ``person`` gave their password, and then ``code``."""
    browser = Client()
    sign_in(browser, person)
    browser.post("/account/2fa/authenticate/", {"code": code})
    return browser


def test_the_table_holds_nothing_that_makes_a_code(rowan: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        rows = [str(row[0]) for row in cursor.fetchall()]
    seed = open_sealed(of(rowan, "recovery_codes").data["seed"])["text"]
    assert len(seed) == 80
    for row in rows:
        assert SECRET not in row
        assert seed not in row
        assert not any(code in row for code in codes(rowan))


def test_what_is_sealed_still_signs_one_in(rowan: User) -> None:
    assert is_signed_in(enter(rowan, code_at(SECRET, time.time())))
    assert is_signed_in(enter(rowan, codes(rowan)[0]))
    assert not is_signed_in(enter(rowan, "000000"))


def test_a_new_key_takes_over_and_the_old_one_can_go(rowan: User, settings: Any) -> None:
    old, new, left = settings.SEALING_KEYS[0], new_key(), codes(rowan)
    assert is_signed_in(enter(rowan, left[3])), "One code is used before."
    settings.SEALING_KEYS = [new, old]
    assert sealing.reseal_all() == sealing.Resealed(2, ())
    settings.SEALING_KEYS = [new]
    assert sealing.closed() == 0
    assert is_signed_in(enter(rowan, code_at(SECRET, time.time())))
    assert codes(rowan) == left[:3] + left[4:], "The same codes, and the used one stays used."


def test_a_passkey_holds_no_secret_and_is_left_as_it_is(rowan: User, settings: Any) -> None:
    Authenticator.objects.create(user=rowan, type=Authenticator.Type.WEBAUTHN, data=PASSKEY)
    settings.SEALING_KEYS = [new_key(), *settings.SEALING_KEYS]
    assert sealing.reseal_all().resealed == 2
    assert of(rowan, "webauthn").data == PASSKEY


def test_each_that_is_sealed_anew_has_its_record_and_no_secret_in_it(rowan: User) -> None:
    sealing.reseal_all()
    kept = Record.objects.filter(kind="person.second_step_resealed").order_by("number")
    assert [(each.ref, each.actor_name, each.after) for each in kept] == [
        (f"user:{rowan.pk}", "The operator", {"kind": "totp"}),
        (f"user:{rowan.pk}", "The operator", {"kind": "recovery_codes"}),
    ]


def test_one_that_no_key_opens_is_named_and_the_others_are_done(rowan: User, settings: Any) -> None:
    old, new = settings.SEALING_KEYS[0], new_key()
    settings.SEALING_KEYS = [new_key()]
    lost = factories.person(name="Ivy Brook")
    TOTP.activate(lost, SECRET)
    RecoveryCodes.activate(lost)
    settings.SEALING_KEYS = [new, old]
    assert sealing.closed() == 1
    assert sealing.reseal_all() == sealing.Resealed(2, (lost,))
    done = CliRunner().invoke(moothall, ["keys", "rotate"])
    assert done.exit_code == 1
    assert "2 authenticator apps and sets of recovery codes are sealed" in done.output
    assert "Ivy Brook: no key opens their second step." in done.output


def test_what_is_changed_while_it_is_sealed_anew_keeps_the_change(
    rowan: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A code that is used between our reading and our writing stays used; running it again seals the rest."""
    settings.SEALING_KEYS = [new_key(), *settings.SEALING_KEYS]
    whole = core_sealing.reseal

    def meanwhile(sealed: str) -> str:
        found = Authenticator.objects.filter(user=rowan, type="recovery_codes", data__seed=sealed)
        for authenticator in found:
            found.update(data={**authenticator.data, "used_mask": 1})
        return whole(sealed)

    monkeypatch.setattr(core_sealing, "reseal", meanwhile)
    sealing.reseal_all()
    assert of(rowan, "recovery_codes").data["used_mask"] == 1
    monkeypatch.undo()
    assert sealing.reseal_all().resealed == 2
    assert of(rowan, "recovery_codes").data["used_mask"] == 1


def test_without_the_key_nobody_gets_in_and_the_page_says_why(rowan: User, settings: Any) -> None:
    good = settings.SEALING_KEYS
    code = code_at(SECRET, time.time())
    settings.SEALING_KEYS = [new_key()]
    browser = Client()
    sign_in(browser, rowan)
    page = browser.post("/account/2fa/authenticate/", {"code": code})
    assert "a key is missing" in page.content.decode()
    assert not is_signed_in(browser)
    settings.SEALING_KEYS = good
    browser.post("/account/2fa/authenticate/", {"code": code})
    assert is_signed_in(browser), "With the key back all is well."


def test_a_value_that_was_never_sealed_is_not_taken(rowan: User) -> None:
    authenticator = of(rowan, "totp")
    authenticator.data = {"secret": SECRET}
    authenticator.save()
    with pytest.raises(CannotOpen):
        open_sealed(json.loads(json.dumps(authenticator.data))["secret"])
    assert not is_signed_in(enter(rowan, code_at(SECRET, time.time())))
