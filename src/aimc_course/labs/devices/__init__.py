"""Devices that labs hand out.

Students program and read them themselves, each chip from a lot of its own. `own_chip`: 2,048
devices that are read over time (the statistical model of 2019, with lots invented for the lab).
`own_devices`: 4,096 devices under pulses (the pulsed model of the 64-core chip). `own_lot`: two
arrays of 128 devices that learn by pulses (soft bounds, with lots invented for the lab). What is
done to them is judged by `aimc_answers.loops` and `aimc_answers.learning`.

>>> from aimc_course.labs.devices.own_chip import OwnChip
>>> OwnChip(7)
<chip 7: 8 rows of 256 devices>
"""
