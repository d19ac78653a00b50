"""The gateway: decides at the doors of a school and keeps their events."""
