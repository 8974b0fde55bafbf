"""The seals become those of a tree: its size, root and edge at each of them are worked out from the lines that were sealed.

The digests of the seals are made anew, since they now hold the root; heads that were printed before are no longer of use.
"""

import hashlib
from datetime import UTC

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change
from madoguchi.audit.tree import Frontier, leaf_hash

TABLE, UNIQUE = "audit_sealrow", ("id", "number", "previous", "digest")


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    allow_change(editor, TABLE)


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    forbid_change(editor, TABLE, unique=(*UNIQUE, "size"))


def forbid_as_before(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    forbid_change(editor, TABLE, unique=UNIQUE)


def plant(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    seals, lines = apps.get_model("audit", "SealRow"), apps.get_model("audit", "SealedEntry")
    edge, previous = Frontier(), "0" * 64
    for seal in seals.objects.order_by("number"):
        held = lines.objects.filter(seal=seal).order_by("entry_id").values_list("entry_id", "digest")
        edge = edge.with_leaves(leaf_hash(f"{number}:{digest}".encode()) for number, digest in held.iterator())
        root, at = edge.root().hex(), seal.sealed_at.astimezone(UTC).isoformat()
        digest = hashlib.sha256(f"{previous}\n{at}\n{edge.size}\n{root}".encode()).hexdigest()
        seals.objects.filter(pk=seal.pk).update(
            previous=previous, digest=digest, size=edge.size, root=root, peaks=[one.hex() for one in edge.peaks]
        )
        previous = digest


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunPython(allow, forbid_as_before),
        migrations.AddField("sealrow", "size", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("sealrow", "root", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("sealrow", "peaks", models.JSONField(default=list)),
        migrations.RunPython(plant, migrations.RunPython.noop),
        migrations.AlterField("sealrow", "size", models.PositiveBigIntegerField(unique=True)),
        migrations.RunPython(forbid, allow),
    ]
