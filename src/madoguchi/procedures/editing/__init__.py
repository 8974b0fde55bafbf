"""editing (編集): what an officer changes without code, as values and plain functions.

In the order in which it happens: an expression is taken apart into blocks and put together again (`blocks`); a file is
changed key by key, its comments kept (`toml_text`); what is changed is tried on example households before anything is kept
(`trying`); two sets of files are compared in words (`differences`).
"""
