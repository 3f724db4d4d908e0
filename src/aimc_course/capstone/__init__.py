"""The capstone, *Design your own accelerator*: designs, what they are worth, and a scoreboard.

Stands above `grading`; nothing stands above it. `design`: the file of a team, data of strangers.
`cells`, `costs`, `pricing`: its cores, the scaled constants of the 64-core chip (what is assumed:
`ASSUMED`), its price and the limits. `network`, `evaluation`: correct images on chips that age,
from the plan that was priced. `volume`, `scoring`: the score. `submissions`, `serials`,
`standing`: teams on chips that nobody knew. `report`, `picture`, `board`: what a team and a class
see. `commands`: ``aimc-course capstone``. `baselines/`: three designs to beat. `search`: a stored
search of a grid, by ``scripts/search_capstone.py``.

>>> from aimc_course.capstone import Design, price
>>> design = Design("ours", rows=512, columns=32, input_bits=5, output_bits=5, grid=(2, 3))
>>> price(design).performance.cores
6
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc_course.capstone.board import write_board
    from aimc_course.capstone.design import Design, DesignError, read_design
    from aimc_course.capstone.evaluation import Evaluation, evaluate
    from aimc_course.capstone.pricing import DesignRefusedError, Price, price
    from aimc_course.capstone.report import as_rows, as_text
    from aimc_course.capstone.scoring import gains, score
    from aimc_course.capstone.serials import hidden_serials
    from aimc_course.capstone.standing import ranked
    from aimc_course.capstone.submissions import baselines, read_teams
    from aimc_course.capstone.volume import front, hypervolume
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc_course.capstone.board": ("write_board",),
            "aimc_course.capstone.design": ("Design", "DesignError", "read_design"),
            "aimc_course.capstone.evaluation": ("Evaluation", "evaluate"),
            "aimc_course.capstone.volume": ("front", "hypervolume"),
            "aimc_course.capstone.pricing": ("DesignRefusedError", "Price", "price"),
            "aimc_course.capstone.report": ("as_rows", "as_text"),
            "aimc_course.capstone.scoring": ("gains", "score"),
            "aimc_course.capstone.serials": ("hidden_serials",),
            "aimc_course.capstone.standing": ("ranked",),
            "aimc_course.capstone.submissions": ("baselines", "read_teams"),
        },
    )

__all__ = [
    "Design",
    "DesignError",
    "DesignRefusedError",
    "Evaluation",
    "Price",
    "as_rows",
    "as_text",
    "baselines",
    "evaluate",
    "front",
    "gains",
    "hidden_serials",
    "hypervolume",
    "price",
    "ranked",
    "read_design",
    "read_teams",
    "score",
    "write_board",
]
