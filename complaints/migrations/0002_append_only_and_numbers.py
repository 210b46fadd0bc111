"""Events can only be added, and every complaint gets its own number."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION complaints_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER complaints_event_append_only BEFORE UPDATE OR DELETE ON complaints_event
    FOR EACH ROW EXECUTE FUNCTION complaints_events_are_append_only();
"""

REWRITABLE = """
DROP TRIGGER complaints_event_append_only ON complaints_event;
DROP FUNCTION complaints_events_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, REWRITABLE),
        migrations.RunSQL("CREATE SEQUENCE complaints_reference_number", "DROP SEQUENCE complaints_reference_number"),
    ]
