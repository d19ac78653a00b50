from . import ledger
from . import card_document
