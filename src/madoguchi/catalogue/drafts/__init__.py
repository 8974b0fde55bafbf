"""drafts (下書き): the next revision while it is being written.

In the order in which it happens: a draft begins from the current revision (`operations.begin`); what is changed is kept in
its own layer, each change with its version (`operations.keep`); it is tested as a whole (`testing.test`); somebody who did
not write it publishes it (`operations.publish_draft`); the older revision can be current again in one step. Packs come and
go as files (`files`), another city's procedures come beside ours (`taking_over`), texts and parameters go through Excel
(`text_book`), and so does each language (`translation_book`).
"""
