"""One lock for a class of records: its open proposal. A batch, a new hold and a new period take turns."""

from __future__ import annotations

from madoguchi.disposal.models import ProposalRow
from madoguchi.disposal.values import ProposalState, RecordClass


def stop_batches(record_class: RecordClass) -> None:
    """Until the end of the caller's transaction no batch of this class begins; one that goes on is waited for."""
    rows = ProposalRow.objects.select_for_update().filter(
        record_class=record_class.value, state=ProposalState.APPROVED.value
    )
    list(rows.values_list("pk", flat=True))
