"""The WSGI application that granian serves.

What a process loads once is set aside, and the collector of cyclic garbage is called rarely: the decisions of a
household are many small values without cycles, and a full collection in between would hold up one answer.
"""

import os

from django.core.wsgi import get_wsgi_application

from madoguchi.config.memory import load_pages, settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
application = get_wsgi_application()
load_pages()
settle()
