"""Drafts of policies, who published a version, and moves of open clocks to another version."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("complaints", "0003_ladder_proposals"),
        ("escalation", "0006_extensions"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
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
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("position", models.IntegerField(default=100, verbose_name="position")),
                ("document", models.JSONField(verbose_name="document")),
                ("made_from", models.PositiveIntegerField(default=0, verbose_name="made from version")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saved at")),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a policy",
                "verbose_name_plural": "drafts of policies",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="PolicyMigration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("migrate", "Moving open clocks to another version"),
                            ("retire", "Retiring a policy"),
                        ],
                        default="migrate",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code of the policy")),
                ("document", models.JSONField(null=True, verbose_name="document")),
                ("position", models.IntegerField(null=True, verbose_name="position")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("previewing", "The preview is being made"),
                            ("ready", "Ready"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                            ("failed", "Stopped by an error"),
                        ],
                        default="previewing",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "stopped_in",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("previewing", "The preview is being made"),
                            ("ready", "Ready"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                            ("failed", "Stopped by an error"),
                        ],
                        max_length=12,
                        verbose_name="stopped while",
                    ),
                ),
                ("last_error", models.TextField(blank=True, verbose_name="last failure")),
                ("total", models.PositiveIntegerField(null=True, verbose_name="clocks")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="clocks done")),
                ("reached", models.BigIntegerField(default=0, verbose_name="complaints compared, up to this id")),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for at")),
                ("run_at", models.DateTimeField(null=True, verbose_name="carried out at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="migrations",
                        to="escalation.policy",
                        verbose_name="policy",
                    ),
                ),
                (
                    "run_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="carried out by",
                    ),
                ),
                (
                    "to_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="escalation.policyversion",
                        verbose_name="to version",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "move of open clocks",
                "verbose_name_plural": "moves of open clocks",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["previewing", "running", "undoing"])),
                        fields=["id"],
                        name="escalation_migration_work",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["migrate", "retire"])), name="escalation_migration_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["previewing", "ready", "running", "done", "undoing", "undone", "failed"])
                        ),
                        name="escalation_migration_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["running", "undoing"])),
                        fields=("policy",),
                        name="escalation_migration_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MigratedClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("seen", "Previewed"),
                            ("moved", "Moved"),
                            ("left", "Left as it was"),
                            ("undone", "Put back"),
                            ("kept", "Not put back"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("unknown", "Not looked at yet"),
                            ("earlier", "Due earlier"),
                            ("later", "Due later"),
                            ("same", "Due as before"),
                            ("broken", "Broken already: stays"),
                            ("past", "The new date would have passed: stays"),
                            ("unmatched", "The new version does not apply to the complaint: stays"),
                            ("unpromised", "The new version does not promise this: stays"),
                            ("agreed", "A moment that people agreed on: stays"),
                            ("ended", "Ended meanwhile"),
                            ("elsewhere", "Counted by other rules meanwhile"),
                            ("changed", "Changed meanwhile: stays"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed: stays"),
                        ],
                        default="unknown",
                        max_length=12,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "changed",
                    models.BooleanField(
                        default=False,
                        help_text="Between the preview and the move, or the move and undoing it.",
                        verbose_name="changed",
                    ),
                ),
                ("paused", models.BooleanField(default=False, verbose_name="paused")),
                (
                    "due_before",
                    models.DateTimeField(
                        help_text="For a paused clock: if it went on at that moment.",
                        null=True,
                        verbose_name="due before",
                    ),
                ),
                ("due_after", models.DateTimeField(null=True, verbose_name="due after")),
                ("sequence_before", models.PositiveIntegerField(default=0, verbose_name="last entry before")),
                ("sequence_after", models.PositiveIntegerField(default=0, verbose_name="last entry after")),
                (
                    "calendar_before",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="escalation.calendarversion",
                        verbose_name="calendar before",
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="escalation.clock",
                        verbose_name="clock",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "version_before",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="escalation.policyversion",
                        verbose_name="version before",
                    ),
                ),
                (
                    "migration",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="escalation.policymigration",
                        verbose_name="move",
                    ),
                ),
            ],
            options={
                "verbose_name": "clock of a move",
                "verbose_name_plural": "clocks of a move",
                "ordering": ["migration_id", "id"],
                "indexes": [
                    models.Index(fields=["migration", "stage", "complaint"], name="escalation_migrated_stage"),
                    models.Index(
                        fields=["migration", "verdict", "due_before", "id"], name="escalation_migrated_verdict"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("migration", "clock"), name="escalation_migrated_once")
                ],
            },
        ),
    ]
