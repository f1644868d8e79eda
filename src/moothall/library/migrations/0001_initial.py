"""The table is there already: ``publishing`` gave it up."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import moothall.core.clock


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("publishing", "0002_the_library_takes_the_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Asset",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=200, unique=True)),
                        ("original_name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=50)),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("size", models.PositiveIntegerField()),
                        ("added_at", models.DateTimeField(default=moothall.core.clock.now)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                )
            ],
            database_operations=[],
        )
    ]
