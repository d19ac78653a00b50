from . import serving
from . import timesheet
from . import menu_documents, serving
from . import class_screen
from . import parent_api
from . import kitchen
from . import serving, serving_page
from . import roster, serving, serving_page
