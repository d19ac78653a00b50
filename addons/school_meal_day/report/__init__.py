from . import requirement_pdf, requirement_xlsx
from . import snapshot_sheet
from . import class_roster
