"""Upgrades with their grounds beside the record; phone numbers found however they are written."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


def enter_those_of_before(apps, schema_editor):
    """What was classed as an upgrade before grounds were compared: it stands among the others, and says so."""
    complaint_model, decision_model, upgrade_model, ground_model = (
        apps.get_model("complaints", name) for name in ("Complaint", "Decision", "Upgrade", "UpgradeGround")
    )
    taken = set()
    for complaint in complaint_model.objects.filter(complaint_class="upgrade").order_by("id"):
        decision = decision_model.objects.filter(complaint=complaint, state="in_force").first()
        demanded_at = decision.decided_at if decision is not None else complaint.registered_at
        earlier = complaint.earlier
        key = (earlier.pk, earlier.cycle) if earlier is not None else None
        record = "earlier" if key is not None and key not in taken else "unsettled"
        if record == "unsettled" and key is None and decision is not None:
            record = "none" if decision.decided_by_id is not None else "itself"
        taken.add(key)
        entered = upgrade_model.objects.create(
            complaint=complaint,
            record=record,
            earlier=earlier if record == "earlier" else None,
            earlier_cycle=earlier.cycle if record == "earlier" else None,
            earlier_holder_id=earlier.holder_id if record == "earlier" else None,
            earlier_events=earlier.event_count if record == "earlier" else None,
            demanded_at=demanded_at,
            entered_at_tier=complaint.tier,
        )
        ground_model.objects.create(
            upgrade=entered,
            ground=complaint.class_kind,
            verdict="silent",
            says="not_compared",
            compared_at=demanded_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0022_conversions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upgrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "record",
                    models.CharField(
                        choices=[
                            ("earlier", "An earlier complaint"),
                            ("itself", "The complaint itself"),
                            ("none", "No record found"),
                            ("unsettled", "Not looked for yet"),
                        ],
                        max_length=10,
                        verbose_name="compared with",
                    ),
                ),
                (
                    "earlier_cycle",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="in its cycle"),
                ),
                (
                    "earlier_events",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="events it had then"),
                ),
                (
                    "by_complainant",
                    models.BooleanField(default=False, verbose_name="demanded by the complainant themselves"),
                ),
                ("demanded_at", models.DateTimeField(verbose_name="demanded at")),
                (
                    "told_on",
                    models.DateField(blank=True, null=True, verbose_name="roughly when the earlier contact was"),
                ),
                ("told_about", models.TextField(blank=True, verbose_name="what they remember of it")),
                ("entered_at_tier", models.PositiveSmallIntegerField(verbose_name="entered at tier")),
                (
                    "contacts",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How often they had turned to the office of late, this time included.",
                        verbose_name="contacts",
                    ),
                ),
                ("once", models.CharField(blank=True, default="", editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "upgrade",
                "verbose_name_plural": "upgrades",
                "ordering": ["-demanded_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="UpgradeGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("overdue", "Overdue"),
                            ("not_informed", "Not informed"),
                            ("unresolved", "Unresolved"),
                            ("beyond_authority", "Beyond authority"),
                            ("major_impact", "Major impact"),
                        ],
                        max_length=20,
                        verbose_name="ground",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed by the record"),
                            ("not_confirmed", "Not confirmed by the record"),
                            ("silent", "The record is silent"),
                        ],
                        max_length=15,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "says",
                    models.CharField(
                        choices=[
                            ("broken", "What was due by %(due)s has still not been done."),
                            ("late", "What was due by %(due)s was done on %(kept)s."),
                            ("kept", "Every promised date has been kept so far."),
                            ("not_due", "Nothing is late. What comes next is due by %(due)s."),
                            ("no_dates", "No date was ever promised."),
                            ("never_told", "It came in on %(received)s, and we have not written to them since."),
                            ("word_late", "They last heard from us on %(told)s. Word was due by %(due)s."),
                            ("word_in_time", "They last heard from us on %(told)s, in time."),
                            ("word_not_due", "They have not heard from us yet. Word is due by %(due)s."),
                            ("told", "They last heard from us on %(told)s. No date for word in between was promised."),
                            ("open", "It has not been answered."),
                            ("opened_again", "It was answered, and has been opened again (times: %(times)s)."),
                            (
                                "dissatisfied",
                                "It was answered on %(answered)s, and they are not satisfied with the answer.",
                            ),
                            ("answered", "It was answered on %(answered)s."),
                            ("declined", "It was declined on %(ended)s: nothing was looked into."),
                            ("ended", "It ended on %(ended)s without an answer."),
                            ("above_limit", "At stake: %(amount)s. Whoever holds it may not decide that alone."),
                            ("within_limit", "At stake: %(amount)s. Whoever holds it may decide that alone."),
                            ("no_limit", "At stake: %(amount)s. No authority limits have been set."),
                            ("nobody_holds", "At stake: %(amount)s. Nobody holds it."),
                            ("no_amount", "No amount is on record."),
                            ("is_major", "It stands as major."),
                            ("not_major", "It does not stand as major."),
                            ("no_record", "No record of the earlier contact was found."),
                            ("not_compared", "It was classed before grounds were compared with the record."),
                            ("not_looked", "Nobody has looked for the earlier complaint yet."),
                        ],
                        max_length=15,
                        verbose_name="what the record says",
                    ),
                ),
                ("values", models.JSONField(blank=True, default=dict, verbose_name="values")),
                ("compared_at", models.DateTimeField(verbose_name="compared at")),
            ],
            options={
                "verbose_name": "ground of an upgrade",
                "verbose_name_plural": "grounds of upgrades",
                "ordering": ["upgrade_id", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="complaints_nobody_decides_alone_by_machine",
        ),
        migrations.AddField(
            model_name="decision",
            name="demanded",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The complainant demanded the upgrade themselves: nobody of the staff decides whether they may.",
                verbose_name="demanded",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="decided_by",
            field=models.ForeignKey(
                help_text="Empty for what was proposed by itself, or is an upgrade that the complainant demanded.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddIndex(
            model_name="complainant",
            index=models.Index(
                django.db.models.functions.text.Right(
                    models.Func(
                        models.F("phone"),
                        models.Value("[^0-9]"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                        output_field=models.CharField(),
                    ),
                    8,
                ),
                condition=models.Q(("phone", ""), _negated=True),
                name="complaints_complainant_tail",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", False),
                    models.Q(("state", "in_force"), _negated=True),
                    ("second_person__isnull", False),
                    ("demanded", True),
                    _connector="OR",
                ),
                name="complaints_nobody_decides_alone_by_machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("demanded", False), ("complaint_class", "upgrade"), _connector="OR"),
                name="complaints_only_upgrades_are_demanded",
            ),
        ),
        migrations.AddField(
            model_name="upgrade",
            name="complaint",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upgrade",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddField(
            model_name="upgrade",
            name="earlier",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upgrades",
                to="complaints.complaint",
                verbose_name="earlier complaint",
            ),
        ),
        migrations.AddField(
            model_name="upgrade",
            name="earlier_holder",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who held it then",
            ),
        ),
        migrations.AddField(
            model_name="upgradeground",
            name="upgrade",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grounds",
                to="complaints.upgrade",
                verbose_name="upgrade",
            ),
        ),
        migrations.AddIndex(
            model_name="upgrade",
            index=models.Index(fields=["-demanded_at", "-id"], name="complaints_upgrades_newest"),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.UniqueConstraint(
                fields=("earlier", "earlier_cycle"), name="complaints_taken_further_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.UniqueConstraint(
                condition=models.Q(("once", ""), _negated=True), fields=("once",), name="complaints_upgrade_sent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("record__in", ["earlier", "itself", "none", "unsettled"])),
                name="complaints_upgrade_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("earlier__isnull", False),
                        ("earlier_cycle__isnull", False),
                        ("earlier_events__isnull", False),
                        ("record", "earlier"),
                    ),
                    models.Q(
                        models.Q(("record", "earlier"), _negated=True),
                        ("earlier__isnull", True),
                        ("earlier_cycle__isnull", True),
                        ("earlier_events__isnull", True),
                        ("earlier_holder__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="complaints_upgrade_names_the_earlier",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earlier__isnull", True),
                    models.Q(("earlier", models.F("complaint")), _negated=True),
                    _connector="OR",
                ),
                name="complaints_upgrade_of_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("entered_at_tier__gte", 1), ("entered_at_tier__lte", 5)),
                name="complaints_upgrade_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgradeground",
            constraint=models.UniqueConstraint(fields=("upgrade", "ground"), name="complaints_upgrade_ground_once"),
        ),
        migrations.AddConstraint(
            model_name="upgradeground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ground__in", ["beyond_authority", "major_impact", "not_informed", "overdue", "unresolved"])
                ),
                name="complaints_upgrade_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgradeground",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["confirmed", "not_confirmed", "silent"])),
                name="complaints_upgrade_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="upgradeground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "says__in",
                        [
                            "broken",
                            "late",
                            "kept",
                            "not_due",
                            "no_dates",
                            "never_told",
                            "word_late",
                            "word_in_time",
                            "word_not_due",
                            "told",
                            "open",
                            "opened_again",
                            "dissatisfied",
                            "answered",
                            "declined",
                            "ended",
                            "above_limit",
                            "within_limit",
                            "no_limit",
                            "nobody_holds",
                            "no_amount",
                            "is_major",
                            "not_major",
                            "no_record",
                            "not_compared",
                            "not_looked",
                        ],
                    )
                ),
                name="complaints_upgrade_says",
            ),
        ),
        migrations.RunPython(enter_those_of_before, migrations.RunPython.noop, elidable=True),
    ]
