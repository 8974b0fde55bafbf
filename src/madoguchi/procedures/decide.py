"""Decide which procedures a household needs (手続判定)."""

from madoguchi.procedures.decisions import Amount, Answer, Change, Decision, Question, Reason, Status

__all__ = ["Amount", "Answer", "Change", "Decision", "Question", "Reason", "Status"]
