from importlib import import_module

from django.db import migrations, models

# The trigger that keeps the history names this column: it is taken away for the change, and is there again afterwards.
kept = import_module("madoguchi.residents.migrations.0003_history_is_kept")


class Migration(migrations.Migration):
    dependencies = [("residents", "0007_mandates")]
    operations = [
        migrations.RunPython(kept.allow, kept.forbid),
        migrations.AlterField(
            model_name="residentrecord", name="sex", field=models.CharField(default="", max_length=20)
        ),
        migrations.RunPython(kept.forbid, kept.allow),
    ]
