from django.db import migrations

from apps.cases import triggers

TABLES = {"ledger_entries": "subsidies_ledgerentry", "ledger_postings": "subsidies_ledgerposting"}


def install(apps, editor):
    for name, table in TABLES.items():
        triggers.register_append_only(name, table)
    triggers.install(editor.connection, *TABLES)


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]

    operations = [
        migrations.RunPython(install, lambda apps, editor: triggers.remove(editor.connection, *TABLES)),
    ]
