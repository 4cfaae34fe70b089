"""Database triggers that make tables append-only, for the application's own role too."""

from django.db.backends.base.base import BaseDatabaseWrapper

_tables: dict[str, str] = {"acts": "cases_act"}
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% are append-only', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql
"""


def register_append_only(name: str, table: str) -> None:
    """Have ``table`` refuse changes; ``name`` is what its rows are called. A migration of its app installs it."""
    _tables[name] = table


def install(connection: BaseDatabaseWrapper, *names: str) -> None:
    """Create the triggers of ``names``, of every registered table without; those that stand already are kept."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for name, table in _chosen(names):
            for trigger, statement in _statements(connection.vendor, name, table).items():
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, *names: str) -> None:
    """Drop the triggers: for reversing the migration and for emptying a test database."""
    with connection.cursor() as cursor:
        for name, table in _chosen(names):
            for trigger in _statements(connection.vendor, name, table):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")


def _chosen(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, _tables[name]) for name in names or tuple(_tables)]


def _statements(vendor: str, name: str, table: str) -> dict[str, str]:
    if vendor == "postgresql":
        return {
            f"{name}_no_change": f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{name}')",
            f"{name}_no_truncate": f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{name}')",
        }
    return {
        f"{name}_no_{verb}": f"CREATE TRIGGER IF NOT EXISTS {name}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{name} are append-only'); END"
        for verb in ("update", "delete")
    }
