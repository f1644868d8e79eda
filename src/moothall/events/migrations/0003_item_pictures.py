import django.db.models.deletion
import moothall.core.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_what_a_place_cannot_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=1000)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('alt', models.TextField(blank=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=moothall.core.clock.now, null=True)),
                ('trouble', models.CharField(blank=True, max_length=500)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='events.item')),
            ],
            options={
                'ordering': ('position', 'pk'),
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='item_picture_due'), models.Index(fields=['name'], name='item_picture_file')],
                'constraints': [models.UniqueConstraint(fields=('item', 'url'), name='each_item_picture_once')],
            },
        ),
    ]
