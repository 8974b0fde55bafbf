"""The WSGI application that granian serves.

What a process loads once is set aside, and the collector of cyclic garbage is called rarely: the decisions of a
household are many small values without cycles, and a full collection in between would hold up one answer.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application

_ALLOCATIONS_BEFORE_COLLECTING = (50_000, 20, 100)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
application = get_wsgi_application()
gc.freeze()
gc.set_threshold(*_ALLOCATIONS_BEFORE_COLLECTING)
