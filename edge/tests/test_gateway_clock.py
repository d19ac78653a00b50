"""The time at a school, whatever the machine's clock does."""

from school_edge.gateway.clock import Clock

HOUR = 3600


class Machine:
    def __init__(self):
        self.wall, self.steady = 1_000_000.0, 50.0

    def tick(self, seconds):
        self.wall += seconds
        self.steady += seconds

    def clock(self, **options):
        return Clock(lambda: self.wall, lambda: self.steady, **options)


def test_a_clock_that_is_set_back_is_not_followed():
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    machine.tick(10)
    assert clock.now() == 1_000_010
    assert clock.set_backs == 1


def test_a_clock_that_is_set_right_is_followed_until_the_server_is_known():
    machine = Machine()
    clock = machine.clock()
    machine.wall += 5 * HOUR  # the network told the machine
    assert clock.now() == machine.wall
    clock.learn(machine.wall)
    machine.wall += HOUR
    assert clock.now() == machine.wall - HOUR


def test_a_machine_without_a_battery_does_not_start_in_the_past():
    machine = Machine()
    machine.wall = 0.0
    assert machine.clock(not_before=1_000_000).now() == 1_000_000


def test_a_restart_of_the_program_keeps_the_servers_time():
    machine = Machine()
    clock = machine.clock()
    assert clock.known_offset() is None
    clock.learn(1_000_300)
    offset = clock.known_offset()
    machine.wall -= HOUR
    machine.tick(60)
    again = machine.clock(not_before=1_000_000, offset=offset)
    assert again.now() == 1_000_360
    assert again.known_offset() == offset
