"""Consents that end soon: whoever noted one is told a month before, once, while there is time to ask again."""

import textwrap

from django.urls import reverse

from moothall.accounts import queries as account_queries
from moothall.accounts.actions import notify
from moothall.accounts.models import User
from moothall.core import clock, localtime
from moothall.core.database import writing
from moothall.library import queries
from moothall.library.models import ENDS_SOON, Consent


def tell_of_endings() -> None:
    """Tell of each consent that ends within a month, or has ended and nobody was told in time."""
    now = clock.now()
    today = localtime.local(now).date()
    for consent in queries.ending_untold(today + ENDS_SOON):
        with writing():
            mine = Consent.objects.filter(pk=consent.pk, told_at=None, expires_on=consent.expires_on)
            if mine.update(told_at=now):
                notify(_whom(consent), _words(consent), reverse("library-asset", args=[consent.asset_id]))


def _whom(consent: Consent) -> list[User]:
    """Whoever noted it; where they have left, those who look after the service's media."""
    if consent.noted_by and consent.noted_by.is_active:
        return [consent.noted_by]
    service = consent.asset.service
    found = account_queries.nearest_holders("media.add", service) if service else None
    return list(account_queries.holders("media.add", None) if found is None else found)


def _words(consent: Consent) -> str:
    """Without the name of the person, who did not agree to be named in e-mails."""
    asset = textwrap.shorten(str(consent.asset), 120, placeholder="…")
    day = localtime.day_words(consent.expires_on) if consent.expires_on else ""
    return (
        f"The consent {consent.reference} for “{asset}” ends with {day}. Ask again and note the new date, or posts "
        "that show it will be held from the day after."
    )
