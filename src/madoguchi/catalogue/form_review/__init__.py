"""form_review (申請書の見直し): what the city itself has said about its sheets, which no register and no rule can tell.

Whether a statute's form requires a box (`marks`, a person's decision, sheet by sheet), and by what the saving is worked out
(`settings`). Judging the boxes is the work of `papers.review`; the whole is put together in `connect.form_review`.
"""
