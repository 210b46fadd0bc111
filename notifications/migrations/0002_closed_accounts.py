from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_ladder_proposals"),
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="notifications_state",
        ),
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="notifications_sent_says_when",
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting to be sent"),
                    ("sent", "Sent"),
                    ("kept", "Kept here"),
                    ("set_aside", "Set aside"),
                    ("withheld", "Not sent"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "sent", "kept", "set_aside", "withheld"])),
                name="notifications_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state__in", ["sent", "kept"])),
                    models.Q(("sent_at__isnull", True), ("state__in", ["pending", "set_aside", "withheld"])),
                    _connector="OR",
                ),
                name="notifications_sent_says_when",
            ),
        ),
    ]
