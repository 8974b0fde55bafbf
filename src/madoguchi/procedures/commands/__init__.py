"""Commands of the procedures room (コマンド): plain argparse, no framework, so that they start at once."""
