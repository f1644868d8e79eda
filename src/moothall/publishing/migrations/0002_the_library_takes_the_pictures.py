"""The pictures move into the media library: their table is taken over under the library's name."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("picture", "library_asset")], state_operations=[]
        )
    ]
