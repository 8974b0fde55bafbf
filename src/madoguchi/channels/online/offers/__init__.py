"""使える手続きの案内: what the city says one may have, 使う・使わない・あとで, and how one wants to be told."""
