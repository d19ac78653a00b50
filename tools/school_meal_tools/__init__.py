"""Commands behind the Makefile: set up, serve, test, lint.

Everything a fresh machine runs before the virtual environment exists uses only
the standard library: :mod:`console`, :mod:`paths`, :mod:`system`, :mod:`lock`,
:mod:`odoo_source`, :mod:`python_env`.  The rest runs inside ``.venv``.
"""
