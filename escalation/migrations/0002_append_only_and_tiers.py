"""Ledgers and firings can only be added, published versions never change, and the five tiers stand ready."""

from typing import Any

from django.db import migrations

TABLES = (
    "escalation_calendarversion",
    "escalation_policyversion",
    "escalation_clockevent",
    "escalation_firing",
)

APPEND_ONLY = """
CREATE FUNCTION escalation_rows_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION escalation_rows_are_append_only();\n"
    for table in TABLES
)

REWRITABLE = (
    "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)
    + "DROP FUNCTION escalation_rows_are_append_only();"
)

TIERS = (
    (1, "handler", "Handler", "承辦人", "承办人"),
    (2, "supervisor", "Supervisor", "主管", "主管"),
    (3, "manager", "Head of department", "部門負責人", "部门负责人"),
    (4, "specialist", "Escalation desk", "升級專員", "升级专员"),
    (5, "executive", "Head office", "總部・監督", "总部・监督"),
)


def stand_up(apps: Any, schema_editor: Any) -> None:
    tier = apps.get_model("escalation", "Tier")
    for number, role, name, traditional, simplified in TIERS:
        tier.objects.get_or_create(
            number=number,
            defaults={
                "role": role,
                "name": name,
                "translations": {"zh-hant": traditional, "zh-hans": simplified},
            },
        )


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, REWRITABLE),
        migrations.RunPython(stand_up, migrations.RunPython.noop),
    ]
