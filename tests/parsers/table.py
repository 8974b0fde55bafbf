"""Every parser of what comes from outside: its functions, what it declares, and what it is tried with first.

Written only, and read by nobody here: ICS, XES and OCEL files, change data (JSON), printed forms, tickets as ESC/POS.
"""

from __future__ import annotations

from functools import partial

from tests.parsers import machines, plain, roomy, seeds
from tests.parsers.frame import Parser
from tests.parsers.seeds import json_of, of_file, said, tables

M = "madoguchi"
GRID = (f"{M}.spreadsheets.grid:GridRefused", f"{M}.spreadsheets.workbook:WorkbookRefused")
GRID_READERS = (f"{M}.spreadsheets.grid:read_grid", f"{M}.spreadsheets.workbook:read_sheet")
IMPORTING = f"{M}.residents.importing"
IDENTITY = f"{M}.connect.identity"
IMPROPER = "django.core.exceptions:ImproperlyConfigured"
DECIDING = tuple(f"{M}.procedures.{one}" for one in ("situation_file:read_situation", "implied:with_implied", "kinship:", "judge:", "due:",
                                                    "questions:", "decide:answer"))  # fmt: skip


# What a parser of a room needs set up, and one of law or language does without.
_plain, _roomy = partial(Parser, django=False), partial(Parser, django=True)


PARSERS: tuple[Parser, ...] = (
    # --- what people write -----------------------------------------------------------------------------------------
    _plain("dates", (f"{M}.jp.wareki:parse_day_and_time", f"{M}.jp.dates:PossibleDays"), plain.dates, (f"{M}.jp.wareki:WarekiError",),
           said("昭和59年5月2日", "S59.5.2", "1984-05-02", "19840502", "昭和64年1月8日", "令和8年11月5日推定午後3時頃", "平成元年春頃", "昭和10年月日不詳",
                "令和8年11月5日から8日までの間", "推定令和8年11月上旬", "明治5年1月1日", "1984年5月不詳", "大正", "昭和不詳")),
    _plain("addresses", (f"{M}.jp.addresses:split_address", f"{M}.jp.kana:composed"), plain.addresses, (),
           said("まどか県まどか市本町1-2-3 コーポ101", "東京都千代田区大字上野二十三丁目5番地の1", "埼玉県大里郡寄居町 1番外地", "緑町一丁目5 山田様方")),
    _plain("names", (f"{M}.jp.names:name_search_keys", f"{M}.jp.kana:kana_search_key"), plain.names, (),
           said("髙橋 太郎", "ANN LEE", "葛󠄁城", "邉󠄎", "ヴァイオリン")),
    _plain("kana", (f"{M}.jp.kana:kana_search_key",), plain.kana, (), said("ｶﾞｷﾞ", "ゔぁ", "オオノ", "ぢづ", "ﾊﾟ")),
    _plain("numbers", (f"{M}.jp.check_digits:valid_resident_number", f"{M}.jp.municipalities:municipality_by_code"), plain.numbers, (),
           said("0000012346", "123456789018", "131016", "13101", "１３１０１６", "²")),
    _plain("municipality", (f"{M}.jp.municipalities:municipality_of",), plain.municipality, (),
           said("東京都千代田区", "埼玉県大里郡寄居町", "府中市", "北海道 札幌市中央区")),
    _plain("barcode", (f"{M}.jp.customer_barcode:bars", f"{M}.jp.addresses:kanji_number"), plain.barcode, ("builtins:ValueError",),
           said("263-0023\n千葉市稲毛区緑町3丁目30-8 郵便ビル403号", "014-0113\n十条千二百五番地の二 A&B", "110-0016\n台東5-6-3 ABCビル10F")),
    _plain("announcement", (f"{M}.jp.announcement:phrases_of_call",), plain.announcement, (), said("A012\n3番窓口", "100\n相談ブース2番", "Z999\n12")),
    _plain("masking", (f"{M}.jp.masking:masked",), plain.masking, (), said("090-1234-5678 に電話", "a.b+c@example.jp", "１２３４ ５６７８ ９０１８", "+81 90 1234 5678")),
    _roomy("codes", (f"{M}.cases.prepared_code:read_code", f"{M}.outreach.letter_code:read", f"{M}.furusato.opening:plain_number",
                     f"{M}.cases.rulings.checking:check_paper", f"{M}.channels.shared.fields:whole_number"), roomy.codes, (), seeds.codes),
    _roomy("paper-head", (f"{M}.audit.paper_head:read_head",), roomy.paper_head, (f"{M}.audit.paper_head:NotAHead",), seeds.heads),
    _roomy("keys-pressed", (f"{M}.channels.kiosk.find_keys:pressed",), roomy.keys_pressed, (),
           said("field=x&kind=number&typed=12&key=3", "field=b&kind=birth&era=昭和&typed=590502&key=back", "field=b&kind=day&key=today", "key=令和&field=x&kind=day")),
    _roomy("days-asked", (f"{M}.channels.shared.month:day_asked",), roomy.days_asked, (), said("2026-12-01", "2026-12", "2026-W01-1", "99999")),
    _roomy("tracker-moment", (f"{M}.channels.online.views_tracker:usage_period",), roomy.tracker_moment, (f"{M}.channels.online.views_tracker:_CannotRead",),
           said("2026-11-09\n5", "2026-11-09T10:00:00+09:00\n", "2026-11-09T10:00:00 09:00\n-1", "0001-01-01\n", "9999-12-31\n")),
    _roomy("strokes", (f"{M}.channels.counter.views_closing:_strokes",), roomy.strokes, (), said("[[[1,2],[3,4]]]", "[[[1.5,2]]]", "[]", "[[[1e999,1]]]")),
    _roomy("language", (f"{M}.channels.shared.languages:asked",), roomy.language, (), said("en-US,en;q=0.9,ja;q=0.8\n", "*;q=0.1\nzh-hans", "vi\nJA-EASY")),
    # --- rules, packs, plans ---------------------------------------------------------------------------------------
    _plain("rule", (f"{M}.procedures.language.parse:parse", f"{M}.procedures.language.operators:", f"{M}.procedures.language.comprehensions:fold",
                    f"{M}.procedures.language.names:Names", f"{M}.procedures.language.evaluate:compile_node"), plain.rule,
           (f"{M}.procedures.language.faults:ExpressionFaults",),
           said("not person.moves and person.card in ('none', 'child')", "date(2026, 4, 1) <= reference_date < attains(person.birth_date, 65)",
                "any(p.card == 'adult' for p in person.parents if p.moves)", "sum(m.income_yen for m in household.people) < parameters.free_income_limit * 2",
                "max(person.income_yen, claimant.income_yen) if person.moves else -1", "event.kind == 'move_in' or person == claimant")),
    _plain("pack-file", (f"{M}.procedures.loader:load_files", f"{M}.procedures.tables:read_source", f"{M}.procedures.procedure_file:read_procedure",
                         f"{M}.procedures.vocabulary:read_facts", f"{M}.procedures.wordings:read_wordings", f"{M}.procedures.translations:read_translations",
                         f"{M}.procedures.language.dated_tables:", f"{M}.procedures.fee_file:", f"{M}.procedures.ruling_file:"), plain.pack_file,
           (f"{M}.procedures.loader:PackErrors",), seeds.pack_files),
    _plain("situation", DECIDING, plain.situation, (f"{M}.procedures.situation_file:SituationFaults",), json_of(seeds.HOUSEHOLD)),
    _roomy("api-body", (f"{M}.channels.api.situation_body:read_body", *DECIDING), roomy.api_body, (f"{M}.channels.api.problems:CannotAnswer",), json_of(seeds.HOUSEHOLD)),
    _roomy("sheet-definition", (f"{M}.papers.definition_file:read_sheet",), roomy.sheet_definition, (f"{M}.papers.definition_file:SheetErrors",),
           of_file("tests/data/sheets/nhi-enrol.toml", "tests/data/sheets/residence-change.toml")),
    _roomy("sheet-data", (f"{M}.papers.situation_sheets:read_sheet_part", f"{M}.papers.commands.sheet:_read"), roomy.sheet_data,
           (f"{M}.papers.situation_sheets:BadSheetPart", f"{M}.papers.commands.sheet:Unreadable"),
           json_of({"municipality": "まどか市", "number": "A001", "facts": {"event.x": {"p1": 1}, "y": "z"}})),
    _roomy("pack-zip", (f"{M}.catalogue.drafts.files:from_zip",), roomy.pack_zip, (f"{M}.catalogue.drafts.files:FilesRefused",), seeds.zips),
    _roomy("text-book", (f"{M}.catalogue.drafts.text_book:take_text_book", f"{M}.catalogue.drafts.text_rows:rows_of"), roomy.text_book,
           (f"{M}.catalogue.drafts.text_rows:BookRefused", *GRID), seeds.text_books),
    _roomy("city-plan", (f"{M}.city.plan_file:read_plan",), roomy.city_plan, (f"{M}.city.plan_file:PlanRefused",), of_file("src/madoguchi/config/madoka.toml")),
    _roomy("staff-file", (f"{M}.city.staff_rows:read_staff_file",), roomy.staff_file, (), tables(("職員番号", "氏名", "課", "庁舎", "席", "役割"), ("s1", "山田", "市民課", "", "", "窓口・課の担当"))),
    _roomy("reception-plan", (f"{M}.booking.plan_file:read_reception", f"{M}.procedures.tables:read_source"), roomy.reception_plan, (f"{M}.booking.plan_file:PlanOfReceptionRefused",),
           of_file("src/madoguchi/config/madoka_reception.toml")),
    _roomy("oversight-rules", (f"{M}.insight.oversight.rules:read_rules",), roomy.oversight_rules, (f"{M}.insight.oversight.rules:RulesUnreadable",),
           of_file("src/madoguchi/insight/oversight/rules.toml")),
    _roomy("mapping-file", (f"{IMPORTING}.mapping:load_mapping",), roomy.mapping_file, (f"{IMPORTING}.mapping:MappingError",),
           of_file("src/madoguchi/residents/mappings/standard.toml", "src/madoguchi/residents/mappings/core-example.toml")),
    _roomy("database-url", (f"{M}.config.database:database_settings", f"{M}.config.said:address"), roomy.database_url, ("builtins:ValueError", IMPROPER),
           said("postgresql://u:p@h:5432/d?sslmode=require", "sqlite:////var/x", "postgres:///d?host=/run", "postgresql://[::1]:99999/")),
    _roomy("setting", (f"{M}.config.said:whole",), roomy.setting_numbers, (IMPROPER,), said("\x0010", "\x010.5", "\x0220,40", "\x03smtp://u:p@h:25", "\x01nan", "\x01-1")),
    _roomy("field-keys", (f"{M}.city.at_rest:read_keys",), roomy.field_keys, (IMPROPER,), said("1=" + "A" * 43 + "=", "2=x,1=y", "=")),
    # --- files -----------------------------------------------------------------------------------------------------
    _plain("grid", GRID_READERS, plain.grid, GRID, tables(("a", "b"), ("1", 'x"y'), ("", "2026-11-09"))),
    _plain("workbook", GRID_READERS[1:], plain.workbook, GRID[1:], lambda: [seeds.book("表", ("a", "b"), (1, "x"), (2.5, None))]),
    _roomy("register-file", (f"{IMPORTING}.reading:open_file", f"{IMPORTING}.records:read_records", f"{IMPORTING}.cells:cell_value", f"{IMPORTING}.entries:EntryReader"),
           roomy.register_file, (f"{IMPORTING}.reading:FileRefused", GRID[1]), seeds.residents),
    _roomy("gifts-file", (f"{M}.furusato.taking_in:take_in", f"{IMPORTING}.reading:open_file", f"{IMPORTING}.cells:cell_value"), roomy.gifts_file,
           (f"{IMPORTING}.reading:FileRefused", GRID[1]),
           tables(("寄附番号", "寄附日", "寄附金額", "氏名", "フリガナ", "郵便番号", "住所", "生年月日", "性別", "状態"),
                  ("F-1", "2026-04-01", "10,000", "山田 太郎", "", "", "東京都千代田区1", "S59.5.2", "男", ""))),
    _roomy("survey", (f"{M}.catalogue.inventory.survey_file:open_survey", f"{M}.catalogue.inventory.survey_columns:layout_of", *GRID_READERS), roomy.survey,
           (f"{M}.catalogue.inventory.survey_file:SurveyFileRefused", f"{M}.catalogue.inventory.survey_columns:NotASurvey", *GRID), seeds.surveys),
    _roomy("city-list", (f"{M}.catalogue.inventory.city_book:take_book_in", f"{M}.catalogue.inventory.city_entries:entry_from"), roomy.city_list,
           (f"{M}.catalogue.inventory.city_book:BookRefused", *GRID),
           tables(("手続番号", "手続名", "担当課", "年間件数", "オンライン", "オンライン開始日", "本人確認"), ("1", "届出", "課", "1,000", "実施済", "R8.4.1", "署名"), title="手続き一覧")),
    _roomy("arrivals", (f"{M}.booking.levelling.history:_came",), roomy.arrivals, (f"{M}.booking.levelling.history:ArrivalFileRefused", *GRID),
           tables(("日付", "窓口の列", "時刻", "来た人", "うち予約", "平均の待ち(分)", "平均の対応(分)"), ("2026-04-01", "住民異動", "9:00", "12", "3", "8.5", "14"))),
    _roomy("receiving-list", (f"{M}.outreach.receiving:read_list",), roomy.receiving_list, (f"{M}.outreach.receiving:ReceivingListRefused",), tables(("宛名番号",), ("12346",), ("x-1",))),
    _roomy("snapshots", (f"{M}.booking.waits.snapshots:read_snapshots",), roomy.snapshots, (f"{M}.booking.waits.snapshots:SnapshotsRefused",), seeds.snapshots),
    _roomy("towns", (f"{M}.residents.places:towns",), roomy.towns, (f"{M}.residents.places:UnusablePlaces",), of_file("src/madoguchi/residents/population/data/town_places.csv")),
    _roomy("answer-file", (f"{M}.connect.answer_file:take_answers",), machines.answer_file, (f"{M}.connect.answer_file:AnswerFileUnreadable",),
           said("change_id,result,reason,ref,resident_no,household_no\nc1,ok,,p1,12346,1\nc2,refused,x,,,\n")),
    _roomy("statement", (f"{M}.payments.reconciling:read_statement",), machines.statement, (f"{M}.payments.reconciling:StatementUnreadable",),
           said("day,reference,move,key,yen\n2026-11-09,P-1,capture,,300\n2026-11-09,P-1,refund,k,1\n")),
    _roomy("attached", (f"{M}.cases.from_home.file_kinds:kind_of",), roomy.attached, (f"{M}.cases.from_home.file_kinds:FileNotTaken",), seeds.pictures),
    _roomy("branch-package", (f"{M}.config.line_cut.package:Package",), machines.branch_package, (f"{M}.config.line_cut.package:PackageRefused",),
           json_of({"form": 1, "package": "p", "branch": "north", "day": "2026-11-09", "bases": {"c": 1}, "people": 1, "rows": []})),
    _roomy("branch-outbox", (f"{M}.cases.line_cut.outbox:Outbox", f"{M}.cases.line_cut.values:BranchAct"), machines.branch_outbox, (f"{M}.cases.line_cut.outbox:OutboxRefused",),
           json_of({"package": "p", "cases": [seeds.CASE], "acts": [seeds.ACT]})),
    _roomy("shut-file", (f"{M}.config.keeping.shutting:opened",), machines.shut_file, (f"{M}.config.keeping.shutting:WrongKey",), seeds.shut_files),
    _roomy("key-file", (f"{M}.config.keeping.shutting:read_key",), machines.key_file, (f"{M}.config.keeping.shutting:NoKey",), said("0a" * 32 + "\n", "zz")),
    _roomy("copy-manifest", (f"{M}.config.keeping.copies:read",), machines.copy_manifest, (f"{M}.config.keeping.copies:NotACopy",),
           json_of({"made_at": "2026-11-09T10:00:00+09:00", "vendor": "sqlite", "mark": 1, "shut": False, "files": {}},
                   {"made_at": "2026-11-09T10:00:00+09:00", "vendor": "sqlite", "mark": 1, "shut": False, "files": {"a": {"bytes": 1, "sha256": "0"}}})),
    _roomy("home-mark", (f"{M}.config.keeping.marks:beside",), machines.home_mark, (f"{M}.config.keeping.marks:MarkUnreadable",),
           json_of({"number": 1, "word": "w", "at": "2026-11-09T10:00:00+09:00"}, {"number": 1e99, "word": 1, "at": 2})),
    # --- messages and answers of machines --------------------------------------------------------------------------
    _roomy("webhook", (f"{M}.payments.webhooks:read_event", f"{M}.payments.values:truth_of"), machines.event, (f"{M}.payments.webhooks:NotAnEvent",), json_of({"event": "e1", "record": seeds.RECORD})),
    _roomy("signature", (f"{M}.payments.signing:signed",), machines.signature, (), said("t=1762650000,v1=00", "t=,v1", "t=1,t=2,=")),
    _roomy("provider-answer", (f"{M}.connect.payment_provider.http_provider:answered", f"{M}.payments.values:truth_of"), machines.provider_answer, (f"{M}.payments.ports:ProviderUnsure",), json_of({"record": seeds.RECORD})),
    _roomy("receipts", (f"{M}.connect.message_ports:receipts_of",), machines.receipts, ("builtins:ValueError",), json_of({"receipts": [{"number": "1", "key": "k", "kind": "delivered"}, 1]})),
    _roomy("returned-mail", (f"{M}.outreach.returned_mail:read",), machines.returned_mail, (), said(seeds.MAIL, seeds.MAIL.replace(b"message/rfc822", b"text/rfc822-headers"))),
    _roomy("card-reader", (f"{M}.connect.card_reader:_face",), machines.card_reader, (f"{M}.cases.ports:CardNotRead",),
           json_of({"name": "山田", "address": "本町1", "birth": "昭和59年5月2日", "sex": "male", "expires_on": "2030-01-01"}, {"fault": "wrong_pin", "tries_left": 2})),
    _roomy("scanner", (f"{M}.connect.virus_scanner:_read",), machines.scanner, (f"{M}.cases.ports:NotScanned",), said("stream: OK\0", "stream: Eicar FOUND\0", "x")),
    _roomy("printer", (f"{M}.connect.ticket_printer:_asked",), machines.printer, ("builtins:OSError",), said("\x12\x12", "\x12", "")),
    _roomy("identity-answer", (f"{IDENTITY}.provider:_addresses", f"{IDENTITY}.signing_in:_facts", f"{IDENTITY}.calls:_json"), machines.identity_answer, (f"{IDENTITY}.faults:NotSignedIn",), seeds.identity_answers),
    _roomy("identity-token", (f"{IDENTITY}.tokens:verified",), machines.identity_token, (f"{IDENTITY}.faults:NotSignedIn",), seeds.tokens),
    _roomy("claims", (f"{M}.residents.accounts.matching:birth_in", f"{M}.jp.addresses:same_place_key"), machines.claims, (), said("1984-05-02", "まどか県 まどか市本町1-2-3 101号", "まどか市")),
    # --- what we wrote ourselves and somebody may have changed -----------------------------------------------------
    _roomy("sealed", (f"{M}.cases.sealed:unseal",), machines.sealed, (f"{M}.cases.sealed:SealBroken", f"{M}.cases.sealed:SealTooOld"), seeds.sealed),
    _roomy("sealed-inside", (f"{M}.cases.sealed:unseal",), machines.sealed_inside, (f"{M}.cases.sealed:SealBroken", f"{M}.cases.sealed:SealTooOld"), seeds.sealed_inside),
    _roomy("at-rest", (f"{M}.city.at_rest:opened",), machines.at_rest, (f"{M}.city.at_rest:ShutWithAnotherKey",), seeds.at_rest),
    _roomy("screen", (f"{M}.channels.shared.screens:screen_of",), machines.screen, (), said("counter:hearing|x:abc", ":")),
)  # fmt: skip
BY_NAME = {one.name: one for one in PARSERS}
