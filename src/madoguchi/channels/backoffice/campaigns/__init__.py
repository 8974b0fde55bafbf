"""案内: campaigns from draft to what became of them."""
