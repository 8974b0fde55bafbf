"""Screens of retention and disposal (保存期間と廃棄)."""
