import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0005_climbed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["recorded_at"], name="complaints_event_time", pages_per_range=32
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="cycle",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Of the complaint when it was made.", verbose_name="cycle"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_by__isnull", True)),
                fields=("complaint", "cycle"),
                name="complaints_ladder_proposes_once_a_cycle",
            ),
        ),
    ]
