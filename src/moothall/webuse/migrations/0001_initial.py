"""The monitoring register. The database refuses to change or delete an approved entry, or to take an approval from it.

On SQLite, Django replaces a table to alter it, and triggers go with the old one: a later migration that alters one of
these two tables has to make them again.
"""

import django.core.validators
import django.db.models.deletion
import moothall.core.clock
from django.conf import settings
from django.db import migrations, models


FIXED = (
    "key, number, title, what_for, lawful_basis, dpia_reference, review_on, consulted, views, rejected, kept, who_sees, "
    "notice, notice_others, names_days, rows_days, figures_days, made_by_id, made_at, submitted_at, approved_at"
)
SQLITE = {
    "webuse_purpose_fixed": f"BEFORE UPDATE OF {FIXED} ON webuse_purpose WHEN OLD.approved_at IS NOT NULL",
    "webuse_purpose_stays": "BEFORE DELETE ON webuse_purpose WHEN OLD.approved_at IS NOT NULL",
    "webuse_approval_fixed": "BEFORE UPDATE ON webuse_purposeapproval",
    "webuse_approval_stays": "BEFORE DELETE ON webuse_purposeapproval WHEN EXISTS "
    "(SELECT 1 FROM webuse_purpose WHERE id = OLD.purpose_id AND approved_at IS NOT NULL)",
}
POSTGRESQL = f"""
CREATE FUNCTION webuse_purpose_fixed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'approved purposes are never changed'; END $$;
CREATE FUNCTION webuse_approval_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF EXISTS (SELECT 1 FROM webuse_purpose WHERE id = OLD.purpose_id AND approved_at IS NOT NULL) THEN
RAISE EXCEPTION 'approved purposes are never changed';
END IF;
RETURN OLD;
END $$;
CREATE TRIGGER webuse_purpose_fixed BEFORE UPDATE OF {FIXED} ON webuse_purpose
FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION webuse_purpose_fixed();
CREATE TRIGGER webuse_purpose_stays BEFORE DELETE ON webuse_purpose
FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION webuse_purpose_fixed();
CREATE TRIGGER webuse_approval_fixed BEFORE UPDATE ON webuse_purposeapproval
FOR EACH ROW EXECUTE FUNCTION webuse_purpose_fixed();
CREATE TRIGGER webuse_approval_stays BEFORE DELETE ON webuse_purposeapproval
FOR EACH ROW EXECUTE FUNCTION webuse_approval_stays();
"""
POSTGRESQL_BACK = """
DROP TRIGGER webuse_purpose_fixed ON webuse_purpose;
DROP TRIGGER webuse_purpose_stays ON webuse_purpose;
DROP TRIGGER webuse_approval_fixed ON webuse_purposeapproval;
DROP TRIGGER webuse_approval_stays ON webuse_purposeapproval;
DROP FUNCTION webuse_purpose_fixed();
DROP FUNCTION webuse_approval_stays();
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, when in SQLITE.items():
            refusal = "BEGIN SELECT RAISE(ABORT, 'approved purposes are never changed'); END"
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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens.')], verbose_name='short name')),
                ('number', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='version')),
                ('title', models.CharField(max_length=120)),
                ('what_for', models.TextField(blank=True, max_length=3000, verbose_name='what the monitoring is for')),
                ('lawful_basis', models.CharField(blank=True, choices=[('c', 'Article 6(1)(c): a law obliges us to do it'), ('e', 'Article 6(1)(e): we need it for a task that the law gives us'), ('f', 'Article 6(1)(f): we have a legitimate interest that outweighs the intrusion')], max_length=1)),
                ('dpia_reference', models.CharField(blank=True, max_length=120, verbose_name='reference of the impact assessment')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review by')),
                ('consulted', models.TextField(blank=True, max_length=3000, verbose_name='who was consulted')),
                ('views', models.TextField(blank=True, max_length=3000, verbose_name='what they said')),
                ('rejected', models.TextField(blank=True, max_length=3000, verbose_name='milder options, and why they are not enough')),
                ('kept', models.TextField(blank=True, max_length=3000, verbose_name='what is kept')),
                ('who_sees', models.TextField(blank=True, max_length=3000, verbose_name='who sees what')),
                ('notice', models.TextField(blank=True, max_length=3000, verbose_name='where and when staff were told')),
                ('notice_others', models.TextField(blank=True, max_length=3000, verbose_name='where guests and contractors are told')),
                ('names_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MaxValueValidator(400, 'Keep names for 400 days at most.')], verbose_name='days for which sealed names are kept')),
                ('rows_days', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(1, 'Keep rows for a day at least: figures are made of them.'), django.core.validators.MaxValueValidator(400, 'Keep rows for 400 days at most.')], verbose_name='days for which rows under pseudonyms are kept')),
                ('figures_days', models.PositiveSmallIntegerField(default=400, validators=[django.core.validators.MinValueValidator(1, 'Keep figures for a day at least.'), django.core.validators.MaxValueValidator(1100, 'Keep figures for 1,100 days at most.')], verbose_name='days for which figures are kept')),
                ('made_at', models.DateTimeField(default=moothall.core.clock.now, editable=False)),
                ('submitted_at', models.DateTimeField(editable=False, null=True)),
                ('approved_at', models.DateTimeField(editable=False, null=True)),
                ('superseded_at', models.DateTimeField(editable=False, null=True)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('ended_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='begun by')),
                ('written_by', models.ManyToManyField(editable=False, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('key', '-number'),
            },
        ),
        migrations.CreateModel(
            name='PurposeApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('hr', 'HR'), ('monitoring_officer', 'Monitoring officer'), ('it_security', 'IT security')], max_length=30)),
                ('at', models.DateTimeField(default=moothall.core.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='webuse.purpose')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.UniqueConstraint(fields=('key', 'number'), name='one_purpose_a_version'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_at__isnull', False), ('ended_at', None), ('superseded_at', None)), fields=('key',), name='one_version_of_a_purpose_in_force'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_at', None), ('ended_at', None)), fields=('key',), name='one_version_of_a_purpose_in_the_making'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(('names_days__lte', models.F('rows_days')), ('rows_days__lte', models.F('figures_days'))), name='names_go_before_rows_and_rows_before_figures'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(('figures_days__lte', 1100), ('rows_days__gte', 1), ('rows_days__lte', 400)), name='a_purpose_keeps_nothing_for_ever'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_at', None), models.Q(models.Q(('what_for', ''), _negated=True), models.Q(('lawful_basis', ''), _negated=True), ('review_on__isnull', False)), _connector='OR'), name='a_purpose_sent_for_approval_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('superseded_at', None)), models.Q(('approved_at__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='a_purpose_is_approved_before_it_is_superseded'),
        ),
        migrations.AddConstraint(
            model_name='purposeapproval',
            constraint=models.UniqueConstraint(fields=('purpose', 'role'), name='one_approval_a_role'),
        ),
        migrations.AddConstraint(
            model_name='purposeapproval',
            constraint=models.UniqueConstraint(fields=('purpose', 'by'), name='one_approval_a_person'),
        ),
        migrations.RunPython(forwards, backwards),
    ]
