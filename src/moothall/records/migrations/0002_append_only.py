"""The database refuses to change, delete, replace or empty records, whoever asks.

SQLite's REPLACE removes the row in its way without asking the trigger on DELETE; hence the one on INSERT.
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER records_no_update BEFORE UPDATE ON records_record
BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER records_no_delete BEFORE DELETE ON records_record
BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER records_no_replace BEFORE INSERT ON records_record
WHEN EXISTS (SELECT 1 FROM records_record WHERE number = NEW.number OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
"""
SQLITE_BACK = "DROP TRIGGER records_no_update; DROP TRIGGER records_no_delete; DROP TRIGGER records_no_replace;"

POSTGRESQL = """
CREATE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'records are append-only'; END $$;
CREATE TRIGGER records_append_only BEFORE UPDATE OR DELETE ON records_record
FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER records_never_emptied BEFORE TRUNCATE ON records_record
FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();
"""
POSTGRESQL_BACK = (
    "DROP TRIGGER records_append_only ON records_record; DROP TRIGGER records_never_emptied ON records_record; "
    "DROP FUNCTION records_append_only();"
)


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE.strip().split("END;")[:-1]:
            schema_editor.execute(statement + "END;")
    else:
        schema_editor.execute(POSTGRESQL)


def backwards(apps, schema_editor):
    back = SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK
    for statement in back.split(";")[:-1]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
