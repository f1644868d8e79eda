"""Backup and restore by the real command: whole while people work, and refused rather than half done."""

import fcntl
import gzip
import io
import json
import shutil
import stat
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moothall.core import pictures
from moothall.operating import archive
from moothall.operating.archive import CannotArchive
from tests import factories
from tests.operating.conftest import SETTING_UP, House

Build = Callable[[], House]

WORKING = (
    SETTING_UP
    + """
from itertools import count
from django.db import transaction
from moothall.accounts.models import Service
from moothall.core import pictures
from moothall.records.actions import capture
print("at work", flush=True)
for number in count():
    picture = pictures.Picture(b"picture %d " % number * 5000, "image/jpeg", ".jpg", 1, 1)
    name = pictures.keep(picture, "pictures")
    with transaction.atomic():
        Service.objects.create(name=f"Service {number}", slug=f"service-{number}", summary=name)
        capture("service.added", f"service:{number}", actor=None, after={"picture": name})
"""
)
"""People at work: a picture is kept, then a row and its record are written together, as fast as it goes."""

COUNTING = """
from pathlib import Path
from django.conf import settings
from moothall.accounts.models import Service
from moothall.records.models import Record
records = Record.objects.filter(kind="service.added")
names = set(Service.objects.values_list("summary", flat=True))
kept = {f"pictures/{path.parent.name}/{path.name}" for path in Path(settings.MEDIA_ROOT).rglob("*.jpg")}
print(Service.objects.count(), records.count(), len(names - kept))
"""


def count(of: House) -> tuple[int, int, int]:
    """How many services, how many records, and how many pictures that the database knows of are missing."""
    services, records, missing = of.python(COUNTING).split()
    return int(services), int(records), int(missing)


def quietly(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def test_a_backup_made_while_people_work_is_whole_and_comes_back(build_house: Build, tmp_path: Path) -> None:
    old, new, target = build_house(), build_house(), tmp_path / "moothall.tar.gz"
    with subprocess.Popen([sys.executable, "-c", WORKING], env=old.environment, stdout=subprocess.PIPE) as people:
        assert people.stdout
        assert people.stdout.readline() == b"at work\n"
        made = old.moothall("backup", str(target))
        still_working = people.poll() is None
        people.kill()
    assert made.returncode == 0, made.stderr
    assert still_working
    assert stat.S_IMODE(target.stat().st_mode) == 0o600, "It holds password hashes: nobody else may read it."
    assert [path for path in tmp_path.iterdir() if "unfinished" in path.name] == []

    restored = new.moothall("restore", "--yes", str(target))
    assert restored.returncode == 0, restored.stderr
    services, records, missing = count(new)
    assert services == records > 0
    assert missing == 0
    assert f"{records} records verified." in restored.stdout
    verified = new.moothall("records", "verify")
    assert verified.returncode == 0
    assert f"{records + 1} records, all in order." in verified.stdout, "The restore is on the record."


def test_what_was_there_is_replaced_and_what_can_be_is_kept_aside(build_house: Build, tmp_path: Path) -> None:
    house, target = build_house(), tmp_path / "moothall.tar.gz"
    media = house.folder / "media"
    one_more = (
        'from moothall.accounts.models import Service; Service.objects.create(name="{0}", slug="{0}", summary="")'
    )
    house.python(one_more.format("before"))
    assert house.moothall("backup", str(target)).returncode == 0
    table = (
        "\nfrom django.db import connection\nwith connection.cursor() as c: c.execute('CREATE TABLE later (id int)')"
    )
    house.python(one_more.format("after") + table)
    media.mkdir(exist_ok=True)
    (media / "later.jpg").write_bytes(b"later")

    done = house.moothall("restore", "--yes", str(target))
    assert done.returncode == 0, done.stderr
    names = 'from moothall.accounts.models import Service; print(list(Service.objects.values_list("name", flat=True)))'
    assert house.python(names) == "['before']"
    assert not (media / "later.jpg").exists()
    aside = sorted(path.name.split(".before-")[0] for path in house.folder.glob("*.before-*"))
    assert aside == (["media", "moothall.sqlite3"] if connection.vendor == "sqlite" else ["media"])
    assert done.stdout.count("What was here before was moved to") == len(aside)
    assert list(house.folder.glob("restoring-*")) == []


def test_nothing_is_restored_under_a_running_moothall(house: House, tmp_path: Path) -> None:
    target = tmp_path / "moothall.tar.gz"
    house.moothall("backup", str(target))
    with (house.folder / "in-use.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        refused = house.moothall("restore", "--yes", str(target))
        assert refused.returncode == 1
        assert "Stop Moothall first." in refused.stderr
    with (house.folder / "in-use.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept_out = house.moothall("worker")
        assert kept_out.returncode == 1
        assert "Wait for it to end." in kept_out.stderr


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def good(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good backup of this test's own database with one picture; nothing may be replaced from here on."""
    settings.DATA_FOLDER = tmp_path / "data"
    pictures.keep(pictures.clean_upload(factories.upload()), "pictures")
    target = tmp_path / "good.tar.gz"
    archive.back_up(target, quietly)

    def never(*args: Any) -> None:
        pytest.fail("It touched the data.")

    monkeypatch.setattr(archive, "_replace", never)
    return target


def refusal(source: Path) -> str:
    with pytest.raises(CannotArchive) as refused:
        archive.restore(source, quietly)
    return str(refused.value)


def rewritten(source: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with its files changed, and in good order as an archive."""
    with tarfile.open(source) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(files)
    target = source.with_name("rewritten.tar.gz")
    with tarfile.open(target, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target


def test_the_manifest_knows_every_file(good: Path) -> None:
    with tarfile.open(good) as tar:
        names = set(tar.getnames())
        manifest = archive.Manifest.parse(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert names == {*manifest.files, "manifest.json"}
    assert sum(name.startswith("media/pictures/") for name in names) == 1
    assert manifest.engine == connection.vendor
    assert manifest.made_at <= datetime.now(UTC)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_backup_is_refused(good: Path, share: float) -> None:
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * share)])
    assert "Use another one." in refusal(good)


def test_a_backup_with_a_changed_byte_is_refused_wherever_it_is(good: Path) -> None:
    content = good.read_bytes()
    header = 60  # gzip's own, in which the name of the file stands
    refused = 0
    for number in range(40):
        place = header + number * (len(content) - header) // 40
        changed = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        if is_the_same_to_gzip(changed, content):
            continue
        good.write_bytes(changed)
        assert "Use another" in refusal(good), place
        refused += 1
    assert refused > 30


def is_the_same_to_gzip(one: bytes, other: bytes) -> bool:
    """Some bits of a compressed file mean nothing."""
    try:
        return gzip.decompress(one) == gzip.decompress(other)
    except (OSError, EOFError, zlib.error):
        return False


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.update({next(name for name in files if name.startswith("media/")): b"another picture"}),
        lambda files: files.update({next(name for name in files if name.startswith("database.")): b"another database"}),
        lambda files: files.update({"media/pictures/slipped-in.jpg": b"nobody knows it"}),
        lambda files: files.pop(next(name for name in files if name.startswith("media/"))),
        lambda files: files.pop(next(name for name in files if name.startswith("database."))),
    ],
    ids=["changed picture", "changed database", "picture slipped in", "lost picture", "lost database"],
)
def test_a_backup_whose_contents_are_not_what_it_says_is_refused(
    good: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    assert "is damaged at" in refusal(rewritten(good, change))


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b"nonsense", b'{"engine": "sqlite", "made_at": "soon", "files": {}}']
)
def test_a_backup_without_a_manifest_of_ours_is_refused(good: Path, manifest: bytes) -> None:
    changed = rewritten(good, lambda files: files.update({"manifest.json": manifest}))
    assert "is not a whole backup of Moothall" in refusal(changed)


def test_an_archive_that_would_write_elsewhere_is_refused(good: Path, tmp_path: Path) -> None:
    for name in ("../escaped", "/tmp/escaped-from-moothall"):
        evil = rewritten(good, lambda files, name=name: files.update({name: b"gotcha"}))  # type: ignore[misc]
        assert refusal(evil)
        assert not list(tmp_path.rglob("escaped*"))
    assert not Path("/tmp/escaped-from-moothall").exists()


def test_a_backup_of_the_other_kind_of_database_is_refused(good: Path) -> None:
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"

    def change(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        files["manifest.json"] = json.dumps(manifest | {"engine": other}).encode()

    assert f"This backup is of {other}" in refusal(rewritten(good, change))


def test_what_is_no_archive_is_refused(good: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Moothall")
    assert "is not a whole backup" in refusal(letter)


def test_a_backup_that_cannot_be_written_leaves_nothing_and_says_why(good: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotArchive, match="could not be written"):
        archive.back_up(tmp_path / "no such folder" / "moothall.tar.gz", quietly)
    before = good.read_bytes()
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
    assert good.read_bytes() == before


def test_a_picture_that_is_being_written_is_not_waited_for(good: Path, settings: Any, tmp_path: Path) -> None:
    (Path(settings.MEDIA_ROOT) / "pictures" / f"{pictures.UNFINISHED}abc").write_bytes(b"half a pic")
    target = tmp_path / "again.tar.gz"
    archive.back_up(target, quietly)
    with tarfile.open(target) as tar:
        assert not any(pictures.UNFINISHED in name for name in tar.getnames())


def test_where_there_is_no_database_there_is_nothing_to_back_up(house: House, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's database is there before Moothall is.")
    target = tmp_path / "moothall.tar.gz"
    (house.folder / "moothall.sqlite3").unlink()
    done = house.moothall("backup", str(target))
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert not target.exists()
    assert not (house.folder / "moothall.sqlite3").exists()
