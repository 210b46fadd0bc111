"""Answers to briefings have a clock."""

from django.db import migrations, models

KINDS = [
    ("acknowledge", "Acknowledgement"),
    ("first_response", "First reply"),
    ("progress", "Word on progress"),
    ("resolution", "Resolution"),
    ("signoff", "Sign-off"),
    ("task", "Task"),
    ("promise", "Promised date"),
    ("authority_report", "Report to the authority"),
    ("follow_up", "Follow-up"),
    ("objection", "Review of a grave class"),
    ("takeover", "Taking over"),
    ("major_notice", "The management's acknowledgement"),
    ("proceeding", "Outside proceeding"),
    ("transfer", "Answer to a transfer"),
    ("briefing", "Answer to a briefing"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0013_answers_to_transfers"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="clock", name="escalation_clock_kind"),
        migrations.AlterField(
            model_name="clock",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _label in KINDS]), name="escalation_clock_kind"
            ),
        ),
    ]
