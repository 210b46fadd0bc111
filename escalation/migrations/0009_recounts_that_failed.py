"""Complaints that a recount could not do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0008_referrals"),
    ]

    operations = [
        migrations.AddField(
            model_name="recount",
            name="failed",
            field=models.PositiveIntegerField(default=0, verbose_name="complaints that could not be counted anew"),
        ),
    ]
