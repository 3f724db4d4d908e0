"""The next chips: digital units beside analog cores on a mesh, a token's step, and many chips.

`mesh` is another grid for `aimc.chip`, with columns of digital units between the cores; `chip` maps
a network on it with the placement, chains and schedule of `aimc.chip`, and adds what lies between
layers (`traffic`). `decode` takes one token of a transformer apart, its cache included, and
`many_chips` cuts a model over a row of chips. `many_core` checks a mapping against a published
architecture, `tiles` holds trends of tiles and what systems keep of them, `constants` every number
with its origin. Costs have the scope `"system"` and join no others.

>>> from aimc.layers import DecoderShape
>>> from aimc_course.studies.next_chips import DecodingChip
>>> step = DecodingChip(DecoderShape(blocks=2, width=512, heads=8)).step(1024)
>>> [part.name for part in step.parts][:3]
['matrices on cores', 'mesh', 'norms and activations']
"""

from aimc_course.studies.next_chips.chip import MeshChip, MeshPlan, Stage
from aimc_course.studies.next_chips.constants import MeshConstants, mesh_constants, published_tile
from aimc_course.studies.next_chips.decode import DecodingChip, Part, Prompt, Step
from aimc_course.studies.next_chips.many_chips import ChipRow, Cut, LinkConstants, assumed_links
from aimc_course.studies.next_chips.many_core import ManyCore, many_core, resnet18
from aimc_course.studies.next_chips.mesh import Mesh
from aimc_course.studies.next_chips.tiles import (
    Generation,
    SystemPoint,
    generation,
    nodes_until_even,
    system_points,
    tile_energy_shares,
)
from aimc_course.studies.next_chips.traffic import Block, Flow, Transport, transport

__all__ = [
    "Block",
    "ChipRow",
    "Cut",
    "DecodingChip",
    "Flow",
    "Generation",
    "LinkConstants",
    "ManyCore",
    "Mesh",
    "MeshChip",
    "MeshConstants",
    "MeshPlan",
    "Part",
    "Prompt",
    "Stage",
    "Step",
    "SystemPoint",
    "Transport",
    "assumed_links",
    "generation",
    "many_core",
    "mesh_constants",
    "nodes_until_even",
    "published_tile",
    "resnet18",
    "system_points",
    "tile_energy_shares",
    "transport",
]
