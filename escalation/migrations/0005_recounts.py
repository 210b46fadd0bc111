"""Who published a calendar, and the running deadlines counted anew by newer days."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_ladder_proposals"),
        ("escalation", "0004_office_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="began at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("reached", models.BigIntegerField(default=0, verbose_name="complaints done, up to this id")),
                ("earlier", models.PositiveIntegerField(default=0, verbose_name="moved earlier")),
                ("later", models.PositiveIntegerField(default=0, verbose_name="moved later")),
                ("unmarked", models.PositiveIntegerField(default=0, verbose_name="no longer provisional, not moved")),
                (
                    "paused",
                    models.PositiveIntegerField(
                        default=0, verbose_name="paused, counted by the newer days from now on"
                    ),
                ),
            ],
            options={
                "verbose_name": "recount of running deadlines",
                "verbose_name_plural": "recounts of running deadlines",
                "ordering": ["-began_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="published by",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("met_at", None), ("provisional", True)),
                fields=["calendar_version", "due_at"],
                name="escalation_clock_provisional",
            ),
        ),
        migrations.AddField(
            model_name="recount",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recount",
                to="escalation.calendarversion",
                verbose_name="version of the calendar",
            ),
        ),
        migrations.AddIndex(
            model_name="recount",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["id"], name="escalation_recount_unfinished"
            ),
        ),
    ]
