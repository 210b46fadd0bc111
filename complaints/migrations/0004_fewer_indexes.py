"""Indexes that others begin with, or that hold mostly nulls, cost each sweep more than they give to anybody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_absence"),
        ("complaints", "0003_ladder_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="complaint",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="complaints",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AlterField(
            model_name="complaint",
            name="earlier",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The complaint that this one takes further.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later",
                to="complaints.complaint",
                verbose_name="earlier complaint",
            ),
        ),
        migrations.AlterField(
            model_name="complaint",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="complaints.complaint",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="complaint",
            name="registered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="registered_complaints",
                to=settings.AUTH_USER_MODEL,
                verbose_name="registered by",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="complaint",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("registered_by__isnull", False)),
                fields=["registered_by"],
                name="complaints_registered_by",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="complaints_merged"
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("earlier__isnull", False)), fields=["earlier"], name="complaints_later"
            ),
        ),
    ]
