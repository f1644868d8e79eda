import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='language',
            field=models.CharField(default='en', max_length=35),
        ),
        migrations.AddField(
            model_name='connection',
            name='session',
            field=models.TextField(blank=True, editable=False, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='connection',
            name='session_token',
            field=models.CharField(blank=True, editable=False, max_length=32, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='connection',
            name='session_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='ServerApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(max_length=30)),
                ('server', models.CharField(max_length=300)),
                ('client_id', models.CharField(max_length=2000)),
                ('sealed', models.TextField(editable=False)),
                ('redirect_uri', models.CharField(max_length=500)),
                ('scopes', models.CharField(max_length=300)),
                ('registered_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network', 'server'), name='one_app_a_server')],
            },
        ),
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_hash', models.CharField(max_length=64)),
                ('state_hash', models.CharField(max_length=64, unique=True)),
                ('server', models.CharField(max_length=300)),
                ('redirect_uri', models.CharField(max_length=500)),
                ('sealed', models.TextField(editable=False)),
                ('begun_at', models.DateTimeField(db_index=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.channel')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
