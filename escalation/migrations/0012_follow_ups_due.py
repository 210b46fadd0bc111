"""The follow-ups that are due have an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0014_after_the_answer"),
        ("escalation", "0011_major_and_proceedings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("kind", "follow_up"), ("state__in", ["breached_open", "paused", "running"])),
                fields=["due_at", "id"],
                name="escalation_follow_up_due",
            ),
        ),
    ]
