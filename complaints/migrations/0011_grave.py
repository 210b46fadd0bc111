import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_within_reach"),
        ("complaints", "0010_final_responses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MassIncident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(verbose_name="what happened")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mass_incidents",
                        to="accounts.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
            ],
            options={
                "verbose_name": "mass incident",
                "verbose_name_plural": "mass incidents",
                "ordering": ["-opened_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="IncidentUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, verbose_name="key")),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="sent at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "messages",
                    models.ManyToManyField(related_name="+", to="complaints.message", verbose_name="replies"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="complaints.massincident",
                        verbose_name="mass incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "update of a mass incident",
                "verbose_name_plural": "updates of mass incidents",
                "ordering": ["incident_id", "created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Gathered",
            fields=[
                (
                    "complaint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="gathered",
                        serialize=False,
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                ("gathered_at", models.DateTimeField(verbose_name="gathered at")),
                (
                    "gathered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gathered by",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="complaints.massincident",
                        verbose_name="mass incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "gathered complaint",
                "verbose_name_plural": "gathered complaints",
            },
        ),
        migrations.CreateModel(
            name="MediaReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("link", models.URLField(blank=True, max_length=1000, verbose_name="link")),
                ("published_on", models.DateField(verbose_name="published on")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="media_reports",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "media report",
                "verbose_name_plural": "media reports",
                "ordering": ["published_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mediation", "Mediation"),
                            ("regulator_order", "Order of a regulator"),
                            ("court", "Court"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("body", models.CharField(max_length=200, verbose_name="body")),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference number")),
                ("what", models.TextField(verbose_name="what is asked of us")),
                ("due", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("opened_at", models.DateTimeField(verbose_name="recorded at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("result", models.TextField(blank=True, verbose_name="result")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proceedings",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "outside proceeding",
                "verbose_name_plural": "outside proceedings",
                "ordering": ["complaint_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="SafetyIncident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("threat", "Threat"), ("disruption", "Disruption")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("what", models.TextField(verbose_name="what happened")),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                ("police_reference", models.CharField(blank=True, max_length=200, verbose_name="police reference")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safety_incidents",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "safety incident",
                "verbose_name_plural": "safety incidents",
                "ordering": ["complaint_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="SafetyNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "whom",
                    models.CharField(
                        choices=[
                            ("management", "Management"),
                            ("security", "Security"),
                            ("police", "Police"),
                            ("colleagues", "Colleagues at the counter"),
                            ("other", "Somebody else"),
                        ],
                        max_length=12,
                        verbose_name="who was told",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("told_at", models.DateTimeField(verbose_name="told at")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="complaints.safetyincident",
                        verbose_name="safety incident",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice of a safety incident",
                "verbose_name_plural": "notices of safety incidents",
                "ordering": ["told_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Authority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("power_of_attorney", "Power of attorney"),
                            ("consent", "Written consent"),
                            ("guardian", "Parent or guardian"),
                            ("lawyer", "Lawyer"),
                            ("company", "Acts for a company or a body"),
                            ("heir", "Heir, or acts for an estate"),
                        ],
                        max_length=20,
                        verbose_name="by what right",
                    ),
                ),
                ("document_seen", models.BooleanField(verbose_name="the document was seen")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                ("revoked_because", models.TextField(blank=True, verbose_name="why it was revoked")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorities",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.attachment",
                        verbose_name="document",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="revoked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "authority of a representative",
                "verbose_name_plural": "authorities of representatives",
                "ordering": ["complaint_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "number"), name="complaints_authority_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("basis__in", ["power_of_attorney", "consent", "guardian", "lawyer", "company", "heir"])
                        ),
                        name="complaints_authority_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document", None), ("document_seen", True), _connector="OR"),
                        name="complaints_authority_document_seen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_because", ""), ("revoked_by", None)),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                                models.Q(("revoked_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_authority_revoked_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthorityReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                ("body", models.CharField(max_length=200, verbose_name="authority")),
                ("reference", models.CharField(max_length=200, verbose_name="reference number")),
                ("what", models.TextField(verbose_name="what was reported")),
                ("reported_at", models.DateTimeField(verbose_name="reported at")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authority_reports",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "files",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="complaints.attachment", verbose_name="what was sent"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report to an authority",
                "verbose_name_plural": "reports to authorities",
                "ordering": ["complaint_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "number"), name="complaints_authority_report_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), _negated=True),
                            models.Q(("reference", ""), _negated=True),
                            models.Q(("what", ""), _negated=True),
                        ),
                        name="complaints_authority_report_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reported_at__lte", models.F("recorded_at"))),
                        name="complaints_authority_report_before",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointComplainant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="Counts within the complaint.", verbose_name="number"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="phone")),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "Customer"),
                            ("patient", "Patient"),
                            ("resident", "Resident"),
                            ("relative", "Relative"),
                            ("employee", "Employee"),
                            ("citizen", "Citizen"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="relation",
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="joined at")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left at")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_complainants",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "joint complainant",
                "verbose_name_plural": "joint complainants",
                "ordering": ["complaint_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "number"), name="complaints_joint_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="complaints_joint_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_at", None), ("removed_by", None)),
                            models.Q(("left_at__isnull", False), ("removed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="complaints_joint_left_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.TextField(verbose_name="reasons")),
                ("placed_at", models.DateTimeField(verbose_name="placed at")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted at")),
                ("lifted_because", models.TextField(blank=True, verbose_name="why it was lifted")),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="placed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "ordering": ["placed_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("complaint",),
                        name="complaints_one_hold_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reasons", ""), _negated=True), name="complaints_hold_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at", None), ("lifted_because", ""), ("lifted_by", None)),
                            models.Q(
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                                models.Q(("lifted_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_hold_lifted_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MajorIncident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "criteria",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("business", "Business: work stops, or a large loss threatens"),
                                ("reputation", "Reputation: the trust of the public is at stake"),
                                ("legal", "Legal: a law was broken, or a court or an authority will ask"),
                                ("death", "Somebody has died"),
                                ("several_harmed", "Three or more people were harmed"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="criteria met",
                    ),
                ),
                ("harmed", models.PositiveSmallIntegerField(default=0, verbose_name="people harmed")),
                ("dead", models.PositiveSmallIntegerField(default=0, verbose_name="people who died")),
                ("reasons", models.TextField(verbose_name="reasons")),
                ("declared_at", models.DateTimeField(verbose_name="declared at")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged at")),
                ("remark", models.TextField(blank=True, verbose_name="what the management says")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acknowledged by",
                    ),
                ),
                (
                    "complaint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="major_incident",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="declared by",
                    ),
                ),
            ],
            options={
                "verbose_name": "major incident",
                "verbose_name_plural": "major incidents",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("criteria__len__gt", 0)), name="complaints_major_by_a_criterion"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("criteria__contains", ["death"]), ("dead__gt", 0)),
                            models.Q(models.Q(("criteria__contains", ["death"]), _negated=True), ("dead", 0)),
                            _connector="OR",
                        ),
                        name="complaints_major_death_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("criteria__contains", ["several_harmed"]), _negated=True),
                            (
                                "harmed__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(3), "-", models.F("dead")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_major_harmed_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reasons", ""), _negated=True), name="complaints_major_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at", None), ("acknowledged_by", None), ("remark", "")),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                                models.Q(("acknowledged_by", models.F("declared_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_major_acknowledged_by_another",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="massincident",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                name="complaints_mass_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="massincident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None)),
                    models.Q(("closed_at__gte", models.F("opened_at")), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="complaints_mass_closed_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentupdate",
            constraint=models.UniqueConstraint(fields=("incident", "key"), name="complaints_mass_update_once"),
        ),
        migrations.AddConstraint(
            model_name="incidentupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("body", ""), _negated=True), models.Q(("key", ""), _negated=True)),
                name="complaints_mass_update_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediareport",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="complaints_media_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.UniqueConstraint(fields=("complaint", "number"), name="complaints_proceeding_once"),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["mediation", "regulator_order", "court"])),
                name="complaints_proceeding_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("body", ""), _negated=True), models.Q(("what", ""), _negated=True)),
                name="complaints_proceeding_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.CheckConstraint(
                condition=models.Q(("due", None), ("due__gt", models.F("opened_at")), _connector="OR"),
                name="complaints_proceeding_ahead",
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None), ("result", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("result", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="complaints_proceeding_ended_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyincident",
            constraint=models.UniqueConstraint(fields=("complaint", "number"), name="complaints_safety_once"),
        ),
        migrations.AddConstraint(
            model_name="safetyincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["threat", "disruption"])), name="complaints_safety_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True), name="complaints_safety_says_what"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("happened_at__lte", models.F("recorded_at"))), name="complaints_safety_before"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetynotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("whom__in", ["management", "security", "police", "colleagues", "other"])),
                name="complaints_safety_told_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetynotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("whom", "other"), _negated=True), models.Q(("name", ""), _negated=True), _connector="OR"
                ),
                name="complaints_safety_other_named",
            ),
        ),
    ]
