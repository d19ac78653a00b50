from . import serving
