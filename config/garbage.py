"""How often Python looks for objects that hold one another and nobody else holds.

It looks after every 700 new ones, and most of what is made while a process imports the project
stays: looking took a quarter of the time that a command or a worker needs to start.
"""

import gc

_NEW_OBJECTS, _TIMES = 10_000, 20

gc.set_threshold(_NEW_OBJECTS, _TIMES)
