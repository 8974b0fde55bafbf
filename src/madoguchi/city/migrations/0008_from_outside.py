"""Roles of people from outside: 通訳, 受付の委託, 下準備の委託. Going back asks that nobody holds one."""

from django.db import migrations, models
from django.db.models import Q

BEFORE = [
    "clerk", "officer", "reviewer", "systems", "dx", "auditor", "protection", "ticket_machine", "cashier", "gifts",
    "outreach", "commissioner",
]  # fmt: skip
FROM_OUTSIDE = ["interpreter", "contract_reception", "contract_preparing"]


class Migration(migrations.Migration):
    dependencies = [("city", "0007_reaching")]

    operations = [
        migrations.RemoveConstraint(model_name="staffrole", name="city_role_known"),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=Q(role__in=[*BEFORE, *FROM_OUTSIDE]), name="city_role_known"
            ),
        ),
    ]
