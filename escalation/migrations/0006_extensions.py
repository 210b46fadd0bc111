"""Requests to put a deadline off."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0005_recounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.PositiveSmallIntegerField(verbose_name="cycle of the complaint")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked for"), ("granted", "Granted"), ("refused", "Refused")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        help_text="That of the clock's target when it was asked for.",
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                ("amount", models.FloatField(verbose_name="more units of the target")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("complex", "The matter is complicated"),
                            ("expert", "A test or an expert opinion takes longer"),
                            ("third_party", "Somebody outside has not answered yet"),
                            ("complainant", "The complainant needs more time"),
                            ("law", "The law asks for a further step"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("reasons", models.TextField(verbose_name="reasons in words")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("decision_reasons", models.TextField(blank=True, verbose_name="what the decision says")),
                (
                    "due_before",
                    models.DateTimeField(
                        blank=True, help_text="Empty while paused.", null=True, verbose_name="due before"
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty while paused.", null=True, verbose_name="due then"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="escalation.clock",
                        verbose_name="clock",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "ordering": ["asked_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("clock", "cycle"),
                        name="escalation_extension_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "granted", "refused"])),
                        name="escalation_extension_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["complex", "expert", "third_party", "complainant", "law", "other"])
                        ),
                        name="escalation_extension_reason",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="escalation_extension_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="escalation_extension_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="escalation_extension_decided_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "granted"),
                            models.Q(("due_at__isnull", True), ("due_before__isnull", True)),
                            _connector="OR",
                        ),
                        name="escalation_extension_granted_moves",
                    ),
                ],
            },
        ),
    ]
