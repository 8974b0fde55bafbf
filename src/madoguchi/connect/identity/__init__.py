"""Sign-in of residents by OpenID Connect (住民のサインイン), in the profile of the デジタル認証アプリ (docs/sign-in.md).

In the order in which it happens: the settings name one provider (`provider`); a try begins with a state, a nonce and a
PKCE verifier that stay in the browser's session (`signing_in.begin`); the answer is held against them, the code is
exchanged once over the back channel (`calls`), the tokens are verified (`tokens`), and four facts come out.
Nothing here runs inside a transaction, and nothing that was received is written to a log.
"""
