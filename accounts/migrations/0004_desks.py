"""A department may show complainants its desk instead of its people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_within_reach"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="desk_name",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Complainants read this name instead of the names of people. Left empty, they read the names.",
                max_length=120,
                verbose_name="desk shown to complainants",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="desk_phone",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="phone of the desk"),
        ),
    ]
