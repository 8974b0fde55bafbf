"""Tables as files (表計算ファイル): Excel and CSV that come from outside are read without trusting them, and written so
that Excel opens them as they are meant: what is text stays text.
"""
