"""Attachments point to the library. Of the old model only its name is left, and goes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_the_library_takes_the_pictures"), ("library", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "attachment",
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="library.asset"
                    ),
                ),
                migrations.DeleteModel("picture"),
            ],
            database_operations=[],
        ),
        migrations.RenameField("attachment", "picture", "asset"),
    ]
