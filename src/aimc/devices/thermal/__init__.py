"""The physics behind a pulse: heat, melting, crystallisation and conduction of one cell."""
