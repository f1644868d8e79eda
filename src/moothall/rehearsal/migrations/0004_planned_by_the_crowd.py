from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rehearsal", "0003_a_crowd_that_speaks")]

    operations = [
        migrations.AlterField("crowdpost", "change", models.BigIntegerField(null=True, unique=True)),
    ]
