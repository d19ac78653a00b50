from . import serving
from . import timesheet
from . import menu_documents
from . import class_screen
from . import parent_api
from . import kitchen
from . import serving_page
from . import roster
