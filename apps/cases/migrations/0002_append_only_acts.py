from django.db import migrations

from apps.cases import triggers


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection, "acts"),
            lambda apps, editor: triggers.remove(editor.connection, "acts"),
        )
    ]
