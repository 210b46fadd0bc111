"""By which calendar the people of a department work."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("escalation", "0003_more_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="office_hours",
                        to="escalation.calendar",
                        verbose_name="calendar",
                    ),
                ),
                (
                    "department",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="office_hours",
                        to="accounts.department",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "verbose_name": "office hours",
                "verbose_name_plural": "office hours",
                "ordering": ["department_id"],
            },
        ),
    ]
