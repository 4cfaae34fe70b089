"""Database triggers that make the acts append-only, for the application's own role too."""

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = {
    "acts_no_update": "CREATE TRIGGER IF NOT EXISTS acts_no_update BEFORE UPDATE ON cases_act "
    "BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END",
    "acts_no_delete": "CREATE TRIGGER IF NOT EXISTS acts_no_delete BEFORE DELETE ON cases_act "
    "BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END",
}
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_act_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'acts are append-only' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = {
    "acts_no_change": "CREATE TRIGGER acts_no_change BEFORE UPDATE OR DELETE ON cases_act "
    "FOR EACH ROW EXECUTE FUNCTION refuse_act_change()",
    "acts_no_truncate": "CREATE TRIGGER acts_no_truncate BEFORE TRUNCATE ON cases_act "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change()",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers; does nothing where they stand already."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
            for name, statement in _POSTGRES.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON cases_act")
                cursor.execute(statement)
        else:
            for statement in _SQLITE.values():
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for reversing the migration and for emptying a test database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in _POSTGRES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON cases_act")
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
