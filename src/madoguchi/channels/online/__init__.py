"""online (オンライン): what residents do from home, without an account."""
