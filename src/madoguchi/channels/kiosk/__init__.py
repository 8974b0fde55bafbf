"""kiosk: the ticket machine in the hall, operated by touch alone."""
