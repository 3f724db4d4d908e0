"""What the chapters of part 5 compute, a room each: on top of the library, and no part of it.

- `next_chips`: cores and digital units on one mesh, and a decode step
- `language_models`: a small language model, and what training does for it
- `experts`: a mixture of experts on a stack of tiers
- `gain_cell_attention`: keys and values on capacitors that leak
- `hyperdimensional`: random vectors in memories, and a network that factorises
- `temporal`: devices that accumulate what happened
- `optimisation`: sparse signals, and networks that search with noise
- `roadmap`: what would have to be true to win, and the price list of a token for all

`results` finds what was measured and trained once. No room knows another, but for `roadmap`.
Explorers, labs and chapters import them, the library never does. Rooms are imported by their names;
this package loads none.
"""
