from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_budget_and_feeds")]

    operations = [
        migrations.AddField("item", "author_followers", models.PositiveIntegerField(null=True)),
    ]
