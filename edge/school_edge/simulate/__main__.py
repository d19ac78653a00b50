"""``python -m school_edge.simulate``: the same as ``school-edge simulate``."""

import argparse
import sys

from . import command

parser = argparse.ArgumentParser(prog="school-edge simulate", description=command.HELP)
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
