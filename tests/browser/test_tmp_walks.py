
from tests.browser.test_behind_forms import *
from tests.browser.test_behind_forms import _now
import traceback
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("procedures_in_languages", "residents", "offered")]
def test_tmp(city, paid_at, signed_in):
    lay_out(rules=QueueRules(only_in_hours=False))
    walk = Walk("vi")
    for go in (booking, giving, lambda w: paying_fees(w, city), applying, lambda w: at_the_machine(w, signed_in("machine_one"))):
        try: go(walk)
        except Exception as e:
            print("FAIL", repr(e)[:300], walk.url); traceback.print_exc(limit=-3)
            if walk.last is not None:
                print(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", walk.page))[:600])
    print(list(walk.seen))
