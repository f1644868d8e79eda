"""The starter in the council's own words: its sections, and the five questions."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Starter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('greeting', models.TextField(max_length=1500, verbose_name='greeting')),
                ('own_account', models.TextField(max_length=2000, verbose_name='your own account, in short')),
                ('dos', models.TextField(max_length=3000, verbose_name='do')),
                ('donts', models.TextField(max_length=3000, verbose_name='don’t')),
                ('go_ahead', models.TextField(max_length=1500, verbose_name='“Go ahead”')),
                ('gone_wrong', models.TextField(max_length=5000, verbose_name='when something goes wrong')),
                ('whom_to_ask', models.TextField(max_length=3000, verbose_name='whom to ask')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_starter')],
            },
        ),
        migrations.CreateModel(
            name='StarterQuestion',
            fields=[
                ('number', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('question', models.CharField(max_length=160)),
                ('help', models.TextField(max_length=600)),
                ('fine', models.TextField(max_length=300, verbose_name='an example that is fine')),
                ('not_fine', models.TextField(max_length=300, verbose_name='an example that is not')),
                ('advise_on', models.CharField(choices=[('yes', 'Yes'), ('no', 'No')], max_length=3)),
                ('outcome', models.CharField(choices=[('ask', 'Ask first'), ('better_not', 'Better not')], max_length=10)),
                ('advice', models.TextField(max_length=1000)),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 5)), name='five_starter_questions')],
            },
        ),
    ]
