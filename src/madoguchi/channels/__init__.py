"""channels: everything that speaks HTTP. Each channel knows only the rooms below and `shared`."""
