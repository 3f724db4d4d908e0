"""The next chips: digital units beside analog cores on a mesh, a token's step, and many chips.

>>> from aimc.outlook.architectures import Decoder, DecodingChip
>>> step = DecodingChip(Decoder(blocks=2, width=512, heads=8)).step(1024)
>>> [part.name for part in step.parts][:3]
['matrices on cores', 'mesh', 'norms and activations']
"""

from aimc.outlook.architectures.chip import MeshChip, MeshPlan, Stage
from aimc.outlook.architectures.constants import MeshConstants, mesh_constants, published_tile
from aimc.outlook.architectures.decode import Decoder, DecodingChip, Part, Prompt, Step
from aimc.outlook.architectures.many_chips import ChipRow, Cut, LinkConstants, assumed_links
from aimc.outlook.architectures.many_core import ManyCore, many_core, resnet18
from aimc.outlook.architectures.mesh import Mesh
from aimc.outlook.architectures.tiles import (
    Generation,
    SystemPoint,
    generation,
    nodes_until_even,
    system_points,
    tile_energy_shares,
)
from aimc.outlook.architectures.traffic import Block, Flow, Transport, transport

__all__ = [
    "Block",
    "ChipRow",
    "Cut",
    "Decoder",
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
