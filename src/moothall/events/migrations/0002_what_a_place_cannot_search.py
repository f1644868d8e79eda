from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="cannot_search",
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
    ]
