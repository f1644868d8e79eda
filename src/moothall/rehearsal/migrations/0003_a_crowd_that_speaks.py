from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("rehearsal", "0002_threads_cards_and_videos"),
    ]

    operations = [
        migrations.CreateModel(
            name="CrowdPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.CharField(max_length=253)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField()),
                ("language", models.CharField(default="en", max_length=35)),
                ("media", models.JSONField(default=list)),
                ("said_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(null=True)),
                ("is_removed", models.BooleanField(default=False)),
                ("change", models.BigIntegerField(unique=True)),
            ],
            options={"ordering": ("change",)},
        ),
    ]
