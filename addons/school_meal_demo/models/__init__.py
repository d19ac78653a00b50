from . import meal_demo
from . import meal_demo_people
from . import meal_demo_money
from . import meal_demo_till
from . import meal_demo_menu
from . import meal_demo_day
