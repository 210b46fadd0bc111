"""The desk that complainants read is named in their language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_desks"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="desk_translations",
            field=models.JSONField(
                blank=True,
                default=dict,
                db_default=models.Value({}, models.JSONField()),
                help_text='For example {"zh-hant": "客服專線"}.',
                verbose_name="desk in other languages",
            ),
        ),
    ]
