from . import serving
from . import timesheet
from . import menu_documents, serving
