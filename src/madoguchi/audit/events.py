"""What each line of the audit says to a reader: one sentence per activity, in plain Japanese."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Entry, Purpose

PURPOSES = {
    Purpose.COUNTER_CASE: noop("窓口での受付"),
    Purpose.REVIEW: noop("審査"),
    Purpose.DEPARTMENT_TASK: noop("課での手続き"),
    Purpose.IMPORT: noop("取込み"),
    Purpose.CHANGE_DATA: noop("異動データの作成"),
    Purpose.CERTIFICATE_REQUEST: noop("証明書の請求"),
    Purpose.CORRECTION: noop("訂正"),
    Purpose.AUDIT: noop("監査"),
    Purpose.PRACTICE: noop("練習"),
    Purpose.HANDLING: noop("取扱いの注意の確認"),
    Purpose.LETTER: noop("届出後の通知"),
}
SENTENCES = {
    "read": noop("住民の情報を見ました"),
    # the office
    "signed_in": noop("サインインしました"),
    "signed_out": noop("サインアウトしました"),
    "sign_in_failed": noop("サインインに失敗しました"),
    "sign_in_locked": noop("失敗が続いたため、サインインを止めました"),
    "refused": noop("権限のない画面を開こうとしました"),
    "second_step_added": noop("2段階めの確認方法を加えました"),
    "second_step_removed": noop("2段階めの確認方法を外しました"),
    "second_step_failed": noop("2段階めの確認に失敗しました"),
    "recovery_codes_made": noop("予備のコードを作り直しました"),
    "password_changed": noop("パスワードを変えました"),
    "practice_on": noop("練習を始めました"),
    "practice_off": noop("練習を終えました"),
    "city_set_up": noop("自治体を設定しました"),
    "booking_held": noop("予約の席をおさえました"),
    "booking_confirmed": noop("予約を受けました"),
    "booking_changed": noop("予約の時間を変えました"),
    "booking_cancelled": noop("予約を取り消しました"),
    "booking_expired": noop("おさえた席を、時間が過ぎたためもどしました"),
    "booking_arrived": noop("予約の方が来庁しました"),
    "booking_not_come": noop("予約の方が来庁しませんでした"),
    "booking_slip_printed": noop("予約の控えを印刷しました"),
    "booking_slip_not_printed": noop("予約の控えを印刷できませんでした"),
    "booking_slip_unknown": noop("予約の控えが印刷できたか分かりませんでした"),
    "offer_set": noop("用件・窓口の列・受付時間を設定しました"),
    "desk_opened": noop("席を開きました"),
    "desk_paused": noop("席を離れました"),
    "desk_closed": noop("席を閉じました"),
    "last_tickets": noop("本日の番号の発券を終わりました"),
    "tickets_resumed": noop("番号の発券を再開しました"),
    "queue_rules_set": noop("順番の決まりを変えました"),
    "day_closed": noop("窓口の1日を締めました"),
    "numbers_reserved": noop("予備の番号を取り置きました"),
    "numbers_merged": noop("予備の番号で待った人を取り込みました"),
    "staff_added": noop("職員を加えました"),
    "roles_set": noop("職員の役割を変えました"),
    "seat_set": noop("職員の席を変えました"),
    "staff_changed": noop("職員の氏名・課を変えました"),
    "sign_in_link_made": noop("パスワードを決めるリンクを作りました"),
    "password_chosen": noop("リンクでパスワードを決めました"),
    "second_step_reset": noop("職員の2段階めの確認方法をやり直しにしました"),
    "staff_stopped": noop("職員の利用を止めました"),
    "staff_restarted": noop("職員の利用を再開しました"),
    "calendar_set": noop("開庁日を設定しました"),
    "catalogue_published": noop("手続台帳を公開しました"),
    "draft_begun": noop("手続台帳の下書きを始めました"),
    "draft_changed": noop("手続台帳の下書きを直しました"),
    "draft_undone": noop("手続台帳の下書きの変更をもどしました"),
    "draft_tested": noop("手続台帳の下書きを試験しました"),
    "draft_rebased": noop("手続台帳の下書きをいまの版に合わせました"),
    "draft_dropped": noop("手続台帳の下書きを取りやめました"),
    "survey_stored": noop("国の棚卸し調査を取り込みました"),
    "survey_shown": noop("一覧に出す棚卸し調査を変えました"),
    "city_procedure_saved": noop("市の手続き一覧を直しました"),
    "city_procedure_removed": noop("市の手続き一覧から外しました"),
    "city_procedure_restored": noop("市の手続き一覧にもどしました"),
    "city_procedures_added": noop("国の調査から市の手続き一覧に加えました"),
    "city_list_taken_in": noop("市の手続き一覧をExcelから取り込みました"),
    "ease_defined": noop("オンライン化のしやすさの定義を変えました"),
    "plan_adopted": noop("オンライン化の計画を決めました"),
    "form_law_set": noop("様式の欄が法令で決まっているかを控えました"),
    "form_assumptions_set": noop("申請書の見直しの前提を変えました"),
    "form_identifiers_set": noop("申請書で人を特定する項目を決めました"),
    "papers_made": noop("書類を作りました"),
    "steps_exported": noop("受付の記録を書き出しました"),
    "arrivals_taken_in": noop("来庁の実績を取り込みました"),
    "lane_officers_set": noop("窓口の列を担当できる職員を決めました"),
    "levelling_asked": noop("平準化の案を頼みました"),
    "levelling_adopted": noop("配置の案を採用しました"),
    "length_pinned": noop("予約の長さを市の設定に固定しました"),
    "length_let_go": noop("予約の長さの固定を外しました"),
    "past_invented": noop("実演のため、過去の来庁（架空）を作りました"),
    "journeys_exported": noop("来庁の道のりを書き出しました"),
    "experience_begun": noop("窓口体験調査を始めました"),
    "experience_dropped": noop("窓口体験調査の1回を外しました"),
    # residents
    "fact_added": noop("住民の項目を加えました"),
    "handling_set": noop("取扱いの注意を設定しました"),
    "handling_prolonged": noop("取扱いの注意を続けました"),
    "handling_lifted": noop("取扱いの注意を外しました"),
    "identifiers_counted": noop("特定に使う項目を住民記録の全員で数えるよう頼みました"),
    "import_begun": noop("取込みを始めました"),
    "import_stored": noop("取込みを登録しました"),
    "import_cleared": noop("取込みを取り消しました"),
    # tickets
    "ticket_issued": noop("番号を出しました"),
    "ticket_printed": noop("番号票を印刷しました"),
    "ticket_reprinted": noop("番号票を再発行しました"),
    "ticket_not_printed": noop("番号票を印刷できませんでした"),
    "ticket_print_unknown": noop("番号票が印刷できたか分かりませんでした"),
    "ticket_called": noop("呼び出しました"),
    "ticket_recalled": noop("もう一度呼び出しました"),
    "ticket_taken_over": noop("ほかの席から引き継ぎました"),
    "ticket_started": noop("対応を始めました"),
    "ticket_not_here": noop("呼び出しましたが不在でした"),
    "ticket_held": noop("保留にしました"),
    "ticket_back_in_line": noop("列にもどしました"),
    "ticket_transferred": noop("別の窓口の列へ送りました"),
    "ticket_finished": noop("用件が終わりました"),
    "ticket_left": noop("取りやめて帰りました"),
    "ticket_changed": noop("番号の内容を変えました"),
    "ticket_priority_set": noop("優先の種類を変えました"),
    "ticket_case_opened": noop("番号の受付を開きました"),
    "ticket_day_ended": noop("受付時間が終わり、番号を終わりにしました"),
    # cases
    "begin": noop("受付を始めました"),
    "set_who_moves": noop("異動する人を決めました"),
    "say_event": noop("届出の内容を入れました"),
    "set_visitor": noop("来た人を確かめました"),
    "answer": noop("聞き取りに答えました"),
    "correct_fact": noop("答えを直しました"),
    "letter_printed": noop("届出後の通知を印刷しました"),
    "letter_sent": noop("届出後の通知を送りました"),
    "choose": noop("任意の手続きを選びました"),
    "say_roles": noop("手続きをする方を聞きました"),
    "retake": noop("聞き直しました"),
    "undo": noop("ひとつ前にもどしました"),
    "park": noop("中断しました"),
    "resume": noop("再開しました"),
    "explain": noop("説明しました"),
    "note_document": noop("足りない書類を控えました"),
    "receive_document": noop("書類を受け取りました"),
    "request_certificate": noop("証明書の請求を受けました"),
    "note_late": noop("届出が遅れた理由を控えました"),
    "follow": noop("先の届出の予定を引き継ぎました"),
    "change_revision": noop("手続台帳の版を変えました"),
    "sign": noop("署名を受けました"),
    "withdraw": noop("取下げました"),
    "approve": noop("審査で認めました"),
    "return": noop("審査で差しもどしました"),
    "correct_after_signing": noop("署名のあとで訂正しました"),
    "hand_over": noop("異動データを渡しました"),
    "close": noop("異動データを作らずに終えました"),
    "acknowledge": noop("基幹システムに登録されました"),
    "refuse": noop("基幹システムが受け付けませんでした"),
    "change_created": noop("異動データを作りました"),
    "change_answered": noop("訂正中の異動データの答えを受け取りました"),
    "movers_registered": noop("転入した人を住民記録に加えました"),
    "task_take": noop("課が手続きを引き受けました"),
    "task_go_to_seat": noop("課の職員が席に来ました"),
    "task_ask_back": noop("課が窓口に問い合わせました"),
    "task_answer_back": noop("窓口が課に答えました"),
    "task_done": noop("課の手続きが終わりました"),
}


def said(activity: str) -> str:
    """What was done, in words. An activity without its own sentence is shown by its key, never left out."""
    known = SENTENCES.get(activity)
    return _(known) if known else _("「%(activity)s」を記録しました") % {"activity": activity}


def sentence(entry: Entry) -> str:
    """The line as a sentence, with the purpose of a reading."""
    done = said(entry.activity)
    if not entry.purpose:
        return done + "。"
    return _("%(said)s（目的: %(purpose)s）。") % {"said": done, "purpose": purpose_name(entry.purpose)}


def purpose_name(purpose: str) -> str:
    """A purpose of reading by its Japanese name; one that is not known any more by its key."""
    known = {one.value: name for one, name in PURPOSES.items()}
    return _(known[purpose]) if purpose in known else purpose
