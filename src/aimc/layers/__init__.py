"""Floor 4: what a layer asks of a machine, without torch: shapes, vectors, convolutions."""
