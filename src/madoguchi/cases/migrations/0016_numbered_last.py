"""A case opened in a long transaction is numbered at its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_interpreters")]

    operations = [
        migrations.AlterField("caserow", "sequence", models.PositiveIntegerField(null=True)),
    ]
