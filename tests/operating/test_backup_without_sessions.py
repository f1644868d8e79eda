"""Whoever finds a backup is not signed in by it."""

import tarfile
from pathlib import Path

from tests.operating.conftest import House

KEY = "s3ss10nk3ys3ss10nk3ys3ss10nk3y12"
COUNTED = "a-failed-sign-in-from-somewhere"
SIGNED_IN = f"""
from datetime import timedelta
from django.contrib.sessions.models import Session
from django.core.cache import cache
from moothall.core import clock
from moothall.accounts.models import Service
Session.objects.create(session_key={KEY!r}, session_data="x", expire_date=clock.now() + timedelta(hours=1))
cache.set({COUNTED!r}, 1, 3600)
Service.objects.create(name="Libraries", slug="libraries")
"""
LEFT = f"""
from django.contrib.sessions.models import Session
from django.core.cache import cache
from moothall.accounts.models import Service
print(Session.objects.count(), cache.get({COUNTED!r}), Service.objects.count())
"""


def test_sessions_and_the_cache_stay_behind(house: House, tmp_path: Path) -> None:
    house.python(SIGNED_IN)
    backup = tmp_path / "backup.tar.gz"
    assert house.moothall("backup", str(backup)).returncode == 0
    assert house.python(LEFT) == "1 1 1", "In the house itself nothing has changed."
    assert house.moothall("restore", "--yes", str(backup)).returncode == 0
    assert house.python(LEFT) == "0 None 1"


def test_not_even_their_traces_are_in_the_file(house: House, tmp_path: Path) -> None:
    """A session that was deleted before: SQLite leaves its bytes in the file until something else needs the room."""
    house.python(SIGNED_IN + "Session.objects.all().delete()")
    house.python(SIGNED_IN.replace("libraries", "highways").replace("Libraries", "Highways"))
    backup = tmp_path / "backup.tar.gz"
    house.moothall("backup", str(backup))
    with tarfile.open(backup) as tar:
        name = next(each for each in tar.getnames() if each.startswith("database."))
        file = tar.extractfile(name)
        assert file
        content = file.read()
    assert KEY.encode() not in content
    assert COUNTED.encode() not in content
