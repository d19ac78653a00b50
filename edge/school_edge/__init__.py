"""What runs at the school, not in Odoo: turnstile gateway and card-reader agent.

`school_edge.protocol` is pure Python without any dependency: the server's add-ons use
it too, so that both ends of a wire are one piece of code.
"""

__version__ = "19.0.1.0.0"
