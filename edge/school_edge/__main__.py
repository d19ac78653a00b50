"""`python -m school_edge` is `school-edge`."""

import sys

from .cli import main

sys.exit(main())
