"""What all tests of importing check in the end."""

from pathlib import Path

import polars as pl

from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.models import Part, Source
from tests.webuse import kits

WITHOUT_TROUBLE = "without-trouble"


def without_trouble(tmp_path: Path, content: bytes) -> tuple[kits.Totals, pl.DataFrame]:
    """What ``content`` comes to if it is read in one go, for a purpose of its own."""
    Part.objects.filter(purpose_key=WITHOUT_TROUBLE).delete()
    Source.objects.filter(purpose_key=WITHOUT_TROUBLE).delete()
    folder = tmp_path / WITHOUT_TROUBLE
    folder.mkdir(exist_ok=True)
    path = folder / "all.log"
    path.write_bytes(content)
    of = kits.kit(folder, purpose=kits.purpose(WITHOUT_TROUBLE))
    import_log(of, Log(path, is_whole=True))
    return kits.totals(of), kits.rows(of)


def same(tmp_path: Path, of: kits.Kit, content: bytes) -> None:
    """Check that ``of`` holds ``content``, to the hit and the byte, in each hour, of each person, on each domain."""
    expected, rows = without_trouble(tmp_path, content)
    assert kits.totals(of) == expected
    assert expected.add_up()
    assert expected.lines == len(content.splitlines())
    assert kits.rows(of).equals(rows)
