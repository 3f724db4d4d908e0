"""The physics behind a pulse: heat, melting, crystallisation and conduction of one cell.

A mushroom cell and the pulse that heats it, one cell at a time; it explains the curves that the
statistical models only fit.
"""
