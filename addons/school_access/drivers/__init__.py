from . import json_http
from . import web_json
