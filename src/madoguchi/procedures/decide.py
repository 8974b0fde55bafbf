"""The front door of the room (判定): what other rooms import to decide, to ask and to compare.

`court` decides, `questions` chooses what to ask, `bring` gathers what to bring, `decisions` holds the values.
"""

from madoguchi.procedures.bring import BringItem, BringList, bring_list
from madoguchi.procedures.court import changes, decide
from madoguchi.procedures.decisions import Amount, Answer, Change, Decision, Question, Reason, Status
from madoguchi.procedures.questions import Prompt, answer, next_prompt, next_question, prompt_of

__all__ = [
    "Amount",
    "Answer",
    "BringItem",
    "BringList",
    "Change",
    "Decision",
    "Prompt",
    "Question",
    "Reason",
    "Status",
    "answer",
    "bring_list",
    "changes",
    "decide",
    "next_prompt",
    "next_question",
    "prompt_of",
]
