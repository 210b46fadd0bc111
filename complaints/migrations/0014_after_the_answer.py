"""Follow-ups, ratings, reasons for closing, and the date until which a complainant can object."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WHY_CLOSED = """
UPDATE complaints_complaint AS c SET closed_because = CASE WHEN (
    SELECT e.kind FROM complaints_event AS e
    WHERE e.complaint_id = c.id AND e.kind IN ('close', 'confirm') ORDER BY e.sequence DESC LIMIT 1
) = 'confirm' THEN 'confirmed' ELSE 'other' END
WHERE c.status = 'closed' AND c.closed_because = ''
"""
"""What was closed before reasons were asked for: by the complainant's word, or for one that nobody wrote down."""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_desks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("complaints", "0013_restriction"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                ("cycle", models.PositiveSmallIntegerField(verbose_name="cycle")),
                (
                    "mode",
                    models.CharField(
                        choices=[("visit", "Visit"), ("phone", "Phone call"), ("letter", "Letter")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("satisfied", "Satisfied"),
                            ("partly", "Partly satisfied"),
                            ("dissatisfied", "Not satisfied"),
                            ("not_reached", "Could not be reached"),
                        ],
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                (
                    "upheld",
                    models.BooleanField(
                        help_text="Empty: there was nothing to be right about.",
                        null=True,
                        verbose_name="the complainant is right",
                    ),
                ),
                ("reasons", models.TextField(blank=True, verbose_name="reasons")),
                ("own_words", models.BooleanField(default=False, verbose_name="in the complainant's own words")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.message",
                        verbose_name="what was said",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up",
                "verbose_name_plural": "follow-ups",
                "ordering": ["complaint_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "number"), name="complaints_follow_up_once"),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["visit", "phone", "letter"])),
                        name="complaints_follow_up_mode",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["satisfied", "partly", "dissatisfied", "not_reached"])),
                        name="complaints_follow_up_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("result__in", ["dissatisfied", "partly"]),
                                ("upheld__isnull", False),
                                models.Q(("reasons", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("result__in", ["dissatisfied", "partly"]), _negated=True),
                                ("reasons", ""),
                                ("upheld__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_follow_up_finding",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.PositiveSmallIntegerField(verbose_name="cycle")),
                ("satisfied", models.BooleanField(verbose_name="satisfied")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.message",
                        verbose_name="in their own words",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "ordering": ["complaint_id", "cycle"],
                "constraints": [models.UniqueConstraint(fields=("complaint", "cycle"), name="complaints_rating_once")],
            },
        ),
        migrations.AddField(
            model_name="complaint",
            name="closed_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("confirmed", "The complainant says that it is settled"),
                    ("silent", "No objection by the date that was stated"),
                    ("no_contact", "The complainant could not be reached"),
                    ("elsewhere", "Settled elsewhere, such as by a court or another body"),
                    ("other", "Another reason, in words"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="closed because",
            ),
        ),
        migrations.AddField(
            model_name="complaint",
            name="objection_until",
            field=models.DateTimeField(
                blank=True,
                help_text="The stated date; who is silent until then is taken to agree. Empty: silence says nothing.",
                null=True,
                verbose_name="objections until",
            ),
        ),
        migrations.AddField(
            model_name="complaint",
            name="reworks",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often a follow-up found that the answer did not hold.",
                verbose_name="reworks",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("objection_until__isnull", False), ("status", "resolved")),
                fields=["objection_until", "id"],
                name="complaints_silent",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("reworks__gt", 0)), fields=["-received_at", "-id"], name="complaints_reworked"
            ),
        ),
        migrations.RunSQL(
            sql=WHY_CLOSED,
            reverse_sql="",
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_because__in", ["", "confirmed", "silent", "no_contact", "elsewhere", "other"]),
                    models.Q(
                        models.Q(("status", "closed"), _negated=True),
                        models.Q(("closed_because", ""), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="complaints_closed_says_why",
            ),
        ),
    ]
