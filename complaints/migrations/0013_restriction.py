"""Restricted complaints: their circles, and who looks at them. Whoever comes to hold one joins its circle by itself.

By a trigger, because many acts change holders, and the ladder those of thousands in one statement: a holder who does
not see the complaint would be a complaint that is lost.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HOLDERS_JOIN = """
CREATE FUNCTION complaints_holder_joins_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO complaints_circleplace (complaint_id, user_id, admitted_at)
    VALUES (NEW.id, NEW.holder_id, clock_timestamp())
    ON CONFLICT (complaint_id, user_id) WHERE left_at IS NULL DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER complaints_holder_joins_circle
    AFTER INSERT OR UPDATE OF holder_id, restriction ON complaints_complaint
    FOR EACH ROW WHEN (NEW.restriction <> '' AND NEW.holder_id IS NOT NULL)
    EXECUTE FUNCTION complaints_holder_joins_circle();
"""

HOLDERS_DO_NOT_JOIN = """
DROP TRIGGER complaints_holder_joins_circle ON complaints_complaint;
DROP FUNCTION complaints_holder_joins_circle();
"""

APPEND_ONLY = """
CREATE FUNCTION complaints_viewings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Viewings are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER complaints_viewing_append_only BEFORE UPDATE OR DELETE ON complaints_viewing
    FOR EACH ROW EXECUTE FUNCTION complaints_viewings_are_append_only();
"""

REWRITABLE = """
DROP TRIGGER complaints_viewing_append_only ON complaints_viewing;
DROP FUNCTION complaints_viewings_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_within_reach"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("complaints", "0012_remedies"),
    ]

    operations = [
        migrations.CreateModel(
            name="CirclePlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("admitted_at", models.DateTimeField(verbose_name="admitted at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
                (
                    "admitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="admitted by",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circle",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circle_places",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "place in a circle",
                "verbose_name_plural": "places in circles",
                "ordering": ["admitted_at", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("left_at", None)), fields=["user"], name="complaints_places_of")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("complaint", "user"),
                        name="complaints_one_place_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at", None), ("left_at__gte", models.F("admitted_at")), _connector="OR"
                        ),
                        name="complaints_left_after_admitted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "door",
                    models.CharField(
                        help_text="The name of the page or of the API's address.", max_length=80, verbose_name="door"
                    ),
                ),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="viewings",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "viewing",
                "verbose_name_plural": "viewings",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["complaint", "-at", "-id"], name="complaints_viewings")],
            },
        ),
        migrations.AddField(
            model_name="complaint",
            name="restriction",
            field=models.CharField(
                blank=True,
                choices=[
                    ("report", "Report of wrongdoing"),
                    ("employee", "Complaint of an employee"),
                    ("decision", "By decision"),
                ],
                default="",
                help_text="Empty: whoever reads the complaints of its department sees it. Else its circle alone does.",
                max_length=10,
                verbose_name="restricted because",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("restriction", ""), _negated=True), fields=["id"], name="complaints_restricted"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("restriction__in", ["", "report", "employee", "decision"])),
                name="complaints_restriction",
            ),
        ),
        migrations.RunSQL(
            sql=HOLDERS_JOIN,
            reverse_sql=HOLDERS_DO_NOT_JOIN,
        ),
        migrations.RunSQL(
            sql=APPEND_ONLY,
            reverse_sql=REWRITABLE,
        ),
    ]
