from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_closed_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="not_before",
            field=models.DateTimeField(
                blank=True,
                help_text="When the reader's working hours begin, if it waited for them.",
                null=True,
                verbose_name="not before",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("not_before__isnull", True), ("next_try_at__gte", models.F("not_before")), _connector="OR"
                ),
                name="notifications_held_back",
            ),
        ),
    ]
