"""Demo twins (実演用の相手): outside parties as processes of their own, which speak the real protocol and can be made to fail."""
