"""Everybody who works in the canteen of `canteen.py`."""

from .device import Device
from .office import Office
from .storm import make_chance
from .storm_accountant import Accountant
from .storm_cashier import Cashier
from .storm_vending import VendingMachine
from .till import Till


def gather(server, scene, seed):
    """Return the participants of a storm, signed in; a seed makes their choices."""
    sold = []
    crew = []
    for number in range(len(scene["tills"])):
        chance = make_chance(seed, f"till-{number}")
        till = Till(server, scene, number, chance)
        crew.append(Cashier(till, scene, chance, sold))
    for number, token in enumerate(scene["tokens"]):
        chance = make_chance(seed, f"device-{number}")
        crew.append(VendingMachine(Device(server, token), scene["people"], chance))
    office = Office(server, "accountant")
    crew.append(Accountant(office, scene["people"], make_chance(seed, "office")))
    return crew
