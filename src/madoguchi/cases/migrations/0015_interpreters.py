"""Interpreters who are called to a case."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_line_cut")]

    operations = [
        migrations.CreateModel(
            name="InterpreterCallRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("interpreter", models.BigIntegerField()),
                ("interpreter_name", models.CharField(max_length=150)),
                ("called_by", models.BigIntegerField()),
                ("called_by_name", models.CharField(max_length=150)),
                ("called_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.BigIntegerField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interpreter_calls",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["interpreter", "ends_at"], name="cases_interpreter_own")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["case", "interpreter"],
                        condition=Q(ended_at__isnull=True),
                        name="cases_interpreter_called_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(ends_at__gt=F("called_at")), name="cases_interpreter_ends_later"
                    ),
                    models.CheckConstraint(
                        condition=~Q(interpreter=F("called_by")), name="cases_interpreter_called_by_another"
                    ),
                ],
            },
        ),
    ]
