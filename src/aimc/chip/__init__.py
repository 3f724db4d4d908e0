"""Floor 6: networks on cores. Mapping, workloads, roofline."""
