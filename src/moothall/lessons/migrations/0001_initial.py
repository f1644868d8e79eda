import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import moothall.core.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('what_happened', models.TextField(help_text='Name nobody, and nothing that gives anybody away.', max_length=5000, verbose_name='what happened')),
                ('what_changes', models.TextField(max_length=5000, verbose_name='what changes because of it')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=20)),
                ('is_confidential', models.BooleanField(default=False, editable=False)),
                ('begun_at', models.DateTimeField(default=moothall.core.clock.now, editable=False)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('remark', models.TextField(blank=True, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('author', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ManyToManyField(editable=False, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-published_at', '-pk'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('author', None), ('reviewer', None), models.Q(('reviewer', models.F('author')), _negated=True), _connector='OR'), name='nobody_publishes_their_own_lesson'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='a_published_lesson_has_its_time'),
                ],
            },
        ),
    ]
