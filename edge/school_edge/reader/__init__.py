"""Reader agent: card readers of this computer for the pages of its browser.

A page cannot reach a smart-card reader by itself.  The agent reads the cards and tells
them over a WebSocket of 127.0.0.1 to the page in front: till, serving page, enrolment.
It keeps nothing about cards and writes no number into the log.
"""
