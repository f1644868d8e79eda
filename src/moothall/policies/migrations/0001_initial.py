"""Policies. The database refuses to change or delete a published version, and to give it other lessons.

On SQLite, Django replaces a table to alter it, and triggers go with the old one: a later migration that alters the
tables of versions or of their lessons has to make them again.
"""

import django.core.validators
import django.db.models.deletion
import moothall.core.clock
import moothall.policies.models.policies
from django.conf import settings
from django.db import migrations, models


PUBLISHED = "EXISTS (SELECT 1 FROM policies_version WHERE id = {row}.version_id AND published_at IS NOT NULL)"
SQLITE = {
    "policies_version_fixed": "BEFORE UPDATE ON policies_version WHEN OLD.published_at IS NOT NULL",
    "policies_version_stays": "BEFORE DELETE ON policies_version WHEN OLD.published_at IS NOT NULL",
    "policies_because_added": f"BEFORE INSERT ON policies_version_because WHEN {PUBLISHED.format(row='NEW')}",
    "policies_because_fixed": f"BEFORE UPDATE ON policies_version_because WHEN {PUBLISHED.format(row='OLD')}",
    "policies_because_stays": f"BEFORE DELETE ON policies_version_because WHEN {PUBLISHED.format(row='OLD')}",
}
POSTGRESQL = f"""
CREATE FUNCTION policies_version_fixed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'published versions are never changed'; END $$;
CREATE FUNCTION policies_because_fixed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF TG_OP <> 'DELETE' AND {PUBLISHED.format(row='NEW')} OR TG_OP <> 'INSERT' AND {PUBLISHED.format(row='OLD')} THEN
RAISE EXCEPTION 'published versions are never changed';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
END $$;
CREATE TRIGGER policies_version_fixed BEFORE UPDATE ON policies_version
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION policies_version_fixed();
CREATE TRIGGER policies_version_stays BEFORE DELETE ON policies_version
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION policies_version_fixed();
CREATE TRIGGER policies_because_fixed BEFORE INSERT OR UPDATE OR DELETE ON policies_version_because
FOR EACH ROW EXECUTE FUNCTION policies_because_fixed();
"""
POSTGRESQL_BACK = """
DROP TRIGGER policies_version_fixed ON policies_version;
DROP TRIGGER policies_version_stays ON policies_version;
DROP TRIGGER policies_because_fixed ON policies_version_because;
DROP FUNCTION policies_version_fixed();
DROP FUNCTION policies_because_fixed();
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, when in SQLITE.items():
            refusal = "BEGIN SELECT RAISE(ABORT, 'published versions are never changed'); END"
            schema_editor.execute(f"CREATE TRIGGER {name} {when} {refusal}")
    else:
        schema_editor.execute(POSTGRESQL)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}")
    else:
        schema_editor.execute(POSTGRESQL_BACK)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lessons', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Met',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=moothall.core.clock.now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='met_policies', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(error_messages={'unique': 'Another policy has this short name. Choose another.'}, max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens.'), moothall.policies.models.policies.check_slug], verbose_name='short name')),
                ('title', models.CharField(max_length=120)),
                ('audience', models.JSONField(default=list, validators=[moothall.policies.models.policies.check_audience], verbose_name='for whom it is')),
                ('needs_acknowledgement', models.BooleanField(default=True, verbose_name='ask everybody it is for to acknowledge it')),
                ('is_public', models.BooleanField(default=False, verbose_name='show it to the public')),
                ('made_at', models.DateTimeField(default=moothall.core.clock.now, editable=False)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('asked_since', models.DateField(editable=False, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('title',),
            },
        ),
        migrations.CreateModel(
            name='ReminderRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('next_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_round_of_policy_reminders')],
            },
        ),
        migrations.CreateModel(
            name='RestsOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160)),
                ('url', models.CharField(max_length=500, validators=[django.core.validators.URLValidator(('http', 'https'), message='Give an address that begins with https://.')], verbose_name='address')),
                ('whose', models.CharField(choices=[('hr', 'HR'), ('it', 'IT'), ('law', 'Law and guidance'), ('other', 'Others')], default='hr', max_length=10)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rests_on', to='policies.policy')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(editable=False, verbose_name='version')),
                ('text', models.TextField(blank=True, max_length=100000, verbose_name='what it says')),
                ('summary', models.TextField(blank=True, max_length=1500, verbose_name='in plain English')),
                ('what_changed', models.TextField(blank=True, max_length=1500, verbose_name='what changed')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='in force from')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review by')),
                ('earlier_stand', models.BooleanField(default=False, verbose_name='who acknowledged the version before need not do it again')),
                ('begun_at', models.DateTimeField(default=moothall.core.clock.now, editable=False)),
                ('changed_at', models.DateTimeField(default=moothall.core.clock.now, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True)),
                ('published_title', models.CharField(blank=True, editable=False, max_length=120)),
                ('published_audience', models.CharField(blank=True, editable=False, max_length=300)),
                ('published_links', models.JSONField(blank=True, default=list, editable=False)),
                ('because', models.ManyToManyField(blank=True, related_name='+', to='lessons.lesson')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='policies.policy')),
                ('published_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('policy', '-number'),
            },
        ),
        migrations.CreateModel(
            name='ReviewNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=moothall.core.clock.now)),
                ('overdue_at', models.DateTimeField(null=True)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review_notice', to='policies.version')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('times', models.PositiveSmallIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policy_reminders', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='policies.version')),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=moothall.core.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='policies.version')),
            ],
            options={
                'ordering': ('-at', '-pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('policy', 'number'), name='one_version_of_a_policy_a_number'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('policy',), name='one_draft_of_a_policy_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), models.Q(models.Q(('text', ''), _negated=True), models.Q(('summary', ''), _negated=True), models.Q(('published_title', ''), _negated=True), models.Q(('published_audience', ''), _negated=True), ('effective_on__isnull', False), ('published_by__isnull', False), ('review_on__isnull', False)), _connector='OR'), name='a_published_version_of_a_policy_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), ('review_on__gt', models.F('effective_on')), _connector='OR'), name='a_policy_is_reviewed_after_it_is_in_force'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('user', 'version'), name='reminders_of_a_version_are_counted'),
        ),
        migrations.AddConstraint(
            model_name='acknowledgement',
            constraint=models.UniqueConstraint(fields=('user', 'version'), name='each_acknowledges_a_version_once'),
        ),
        migrations.RunPython(forwards, backwards),
    ]
