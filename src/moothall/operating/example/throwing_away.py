"""Emptying a database and its kept files, append-only records and all."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from moothall.operating import house


def throw_away() -> None:
    """Throw everything away and make a new, empty database. In debug only, and with nothing else running.

    Tables are dropped, not emptied: the records' own triggers refuse that.
    """
    if not settings.DEBUG:
        raise RuntimeError("Data are thrown away only where MOOTHALL_DEBUG is true.")
    if connection.vendor == "sqlite":
        _drop_tables()
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    for folder in (settings.MEDIA_ROOT, settings.WEBUSE_FOLDER):
        for path in Path(folder).glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    house.prepare()


def _drop_tables() -> None:
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
