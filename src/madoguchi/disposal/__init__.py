"""Retention and disposal (保存期間と廃棄): what is kept how long, what goes, who said so, and the log of what went."""
