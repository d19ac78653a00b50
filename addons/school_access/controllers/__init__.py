from . import edge
