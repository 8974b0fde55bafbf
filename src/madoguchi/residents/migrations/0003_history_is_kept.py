from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "residents_residentrecord"
NAME = "residents_history_is_kept"
SENTENCE = "住民の履歴は書き換えません。新しい行を足してください。"
# Everything a row says of a person; only its place in the history (history_no, is_current) may still be set.
CONTENT = (
    "resident_no, name, name_glyphs, kana, former_surname, alias, kanji_alongside, birth_text, birth_earliest, birth_latest, "
    "birth_is_exact, sex, relationship, household_no, address, address_key, postal_code, previous_address, nationality_class, "
    "livelihood_no, insurance_no, status, reason, moved_on, notified_on, processed_on, known_since, source, batch_id"
)


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$",
            params=None,
        )
        editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE OF {CONTENT} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()", params=None
        )
    else:
        editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE OF {CONTENT} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
            params=None,
        )


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    on = f" ON {TABLE}" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS {NAME}{on}", params=None)


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_import_staging")]
    operations = [migrations.RunPython(forbid, allow)]
