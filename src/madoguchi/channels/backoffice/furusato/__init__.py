"""ふるさと納税 for the donation desk: gifts taken in, papers printed, applications received, and the list to send on."""
