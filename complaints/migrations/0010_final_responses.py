"""Final responses, their parts, what the office asks of them; what was sent stays as it is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SENT_STAYS = """
CREATE FUNCTION complaints_sent_response_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent boolean;
BEGIN
    IF TG_TABLE_NAME = 'complaints_finalresponse' THEN
        sent := OLD.state = 'sent';
    ELSIF TG_TABLE_NAME = 'complaints_attachment' THEN
        sent := EXISTS (SELECT FROM complaints_finalresponse WHERE file_id = OLD.id);
    ELSIF TG_OP = 'INSERT' THEN
        sent := EXISTS (SELECT FROM complaints_finalresponse WHERE id = NEW.response_id AND state = 'sent');
    ELSE
        sent := EXISTS (SELECT FROM complaints_finalresponse WHERE id = OLD.response_id AND state = 'sent');
    END IF;
    IF sent THEN
        RAISE EXCEPTION 'This letter was sent and stays as it is: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER complaints_finalresponse_stays BEFORE UPDATE OR DELETE ON complaints_finalresponse
    FOR EACH ROW EXECUTE FUNCTION complaints_sent_response_stays();
CREATE TRIGGER complaints_responsepart_stays BEFORE INSERT OR UPDATE OR DELETE ON complaints_responsepart
    FOR EACH ROW EXECUTE FUNCTION complaints_sent_response_stays();
CREATE TRIGGER complaints_attachment_of_letter_stays BEFORE UPDATE OR DELETE ON complaints_attachment
    FOR EACH ROW EXECUTE FUNCTION complaints_sent_response_stays();
"""

CHANGEABLE = """
DROP TRIGGER complaints_attachment_of_letter_stays ON complaints_attachment;
DROP TRIGGER complaints_responsepart_stays ON complaints_responsepart;
DROP TRIGGER complaints_finalresponse_stays ON complaints_finalresponse;
DROP FUNCTION complaints_sent_response_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_within_reach"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("complaints", "0009_judgement"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinalResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.PositiveSmallIntegerField(verbose_name="cycle")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("ready", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("sent", "Sent"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "Upheld"),
                            ("partly_upheld", "Partly upheld"),
                            ("not_upheld", "Not upheld"),
                            ("no_fault", "No fault"),
                            ("outside_remit", "Outside our remit"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="last date for turning elsewhere")),
                ("drafted_at", models.DateTimeField(verbose_name="written at")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="complaints.complaint",
                        verbose_name="complaint",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="response",
                        to="complaints.attachment",
                        verbose_name="the letter as it was sent",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "final response",
                "verbose_name_plural": "final responses",
                "ordering": ["complaint_id", "cycle"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ready")), fields=["drafted_at"], name="complaints_response_waits"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "cycle"), name="complaints_response_once_a_cycle"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "ready", "approved", "sent"])),
                        name="complaints_response_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "",
                                    "upheld",
                                    "partly_upheld",
                                    "not_upheld",
                                    "no_fault",
                                    "outside_remit",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="complaints_response_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("approved_by", None)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="complaints_response_approved_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("state__in", ["draft", "ready"])),
                            models.Q(("approved_at__isnull", False), ("state", "approved")),
                            ("state", "sent"),
                            _connector="OR",
                        ),
                        name="complaints_response_approved_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="complaints_response_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("file__isnull", False),
                                ("sent_at__isnull", False),
                                ("sent_by__isnull", False),
                                ("state", "sent"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "sent"), _negated=True),
                                ("file", None),
                                ("sent_at", None),
                                ("sent_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="complaints_response_sent_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponsePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "matter",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Its number within the complaint; 0: the whole complaint.",
                        verbose_name="matter",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("concern", "What you complained about"),
                            ("considered", "How we looked into it"),
                            ("finding", "What we found"),
                            ("reasons", "Why we decide so"),
                            ("legal_basis", "The rules that apply"),
                            ("remedy", "What we do for you"),
                            ("changed", "What we change"),
                            ("recourse", "If you disagree"),
                            ("contact", "Whom to ask"),
                        ],
                        max_length=20,
                        verbose_name="part",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                (
                    "response",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="complaints.finalresponse",
                        verbose_name="final response",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a final response",
                "verbose_name_plural": "parts of final responses",
                "ordering": ["response_id", "matter", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("response", "matter", "part"), name="complaints_response_part_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "part__in",
                                [
                                    "concern",
                                    "considered",
                                    "finding",
                                    "reasons",
                                    "legal_basis",
                                    "remedy",
                                    "changed",
                                    "recourse",
                                    "contact",
                                ],
                            )
                        ),
                        name="complaints_response_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="complaints_response_part_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="The first one that fits counts; smaller comes first.",
                        verbose_name="position",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "tracks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("complaint", "Complaint"),
                                ("report", "Report of wrongdoing"),
                                ("enquiry", "Enquiry"),
                                ("suggestion", "Suggestion"),
                                ("praise", "Praise"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Codes, with commas between them. Empty: every track.",
                        size=None,
                        verbose_name="tracks",
                    ),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("unclassified", "Not yet classified"),
                                ("valid", "Valid"),
                                ("communicative", "Communicative"),
                                ("malicious", "Malicious"),
                                ("upgrade", "Upgrade"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Codes, with commas between them. Empty: every class.",
                        size=None,
                        verbose_name="classes",
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("concern", "What you complained about"),
                                ("considered", "How we looked into it"),
                                ("finding", "What we found"),
                                ("reasons", "Why we decide so"),
                                ("legal_basis", "The rules that apply"),
                                ("remedy", "What we do for you"),
                                ("changed", "What we change"),
                                ("recourse", "If you disagree"),
                                ("contact", "Whom to ask"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Codes, with commas between them: concern, considered, finding, reasons, legal_basis, remedy, changed, recourse, contact. The reasons are always needed.",
                        size=None,
                        verbose_name="parts it must have",
                    ),
                ),
                (
                    "parts_if_upheld",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("concern", "What you complained about"),
                                ("considered", "How we looked into it"),
                                ("finding", "What we found"),
                                ("reasons", "Why we decide so"),
                                ("legal_basis", "The rules that apply"),
                                ("remedy", "What we do for you"),
                                ("changed", "What we change"),
                                ("recourse", "If you disagree"),
                                ("contact", "Whom to ask"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="parts it must have as well where the complaint is upheld",
                    ),
                ),
                (
                    "until_required",
                    models.BooleanField(default=False, verbose_name="names a last date for turning elsewhere"),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The date that is proposed; counted from the day on which the letter is written.",
                        null=True,
                        verbose_name="months for turning elsewhere",
                    ),
                ),
                ("four_eyes", models.BooleanField(default=False, verbose_name="a second person approves it")),
                (
                    "letter_required",
                    models.BooleanField(
                        default=False,
                        help_text="Answering and resolving without a letter is then refused.",
                        verbose_name="only a letter ends the complaint",
                    ),
                ),
                (
                    "recourse",
                    models.TextField(
                        blank=True,
                        help_text="Proposed for that part of the letter.",
                        max_length=4000,
                        verbose_name="where else to turn",
                    ),
                ),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='For example {"zh-hant": "…"}.',
                        verbose_name="where else to turn, in other languages",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        help_text="With everything below it. Empty: every department.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for final responses",
                "verbose_name_plural": "rules for final responses",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tracks__contained_by", ["complaint", "report", "enquiry", "suggestion", "praise"])
                        ),
                        name="complaints_response_tracks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "classes__contained_by",
                                ["unclassified", "valid", "communicative", "malicious", "upgrade"],
                            )
                        ),
                        name="complaints_response_classes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "parts__contained_by",
                                [
                                    "concern",
                                    "considered",
                                    "finding",
                                    "reasons",
                                    "legal_basis",
                                    "remedy",
                                    "changed",
                                    "recourse",
                                    "contact",
                                ],
                            ),
                            (
                                "parts_if_upheld__contained_by",
                                [
                                    "concern",
                                    "considered",
                                    "finding",
                                    "reasons",
                                    "legal_basis",
                                    "remedy",
                                    "changed",
                                    "recourse",
                                    "contact",
                                ],
                            ),
                        ),
                        name="complaints_response_parts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("months", None), models.Q(("months__gt", 0), ("months__lte", 120)), _connector="OR"
                        ),
                        name="complaints_response_months",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            sql=SENT_STAYS,
            reverse_sql=CHANGEABLE,
        ),
    ]
