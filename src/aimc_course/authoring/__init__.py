"""What authors and teachers call: copies of labs, scoring, new labs.

`notebooks` makes student and solution copies from the one source of a lab, `scoring` runs a
notebook that you trust and draws the figures to compare, `skeleton` writes a new lab from
`templates/`; `lab_commands` is the command line. Needs `nbformat`, and to run notebooks
`nbclient`, which students do not need.
"""
