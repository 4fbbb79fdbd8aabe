"""The largest few of many numbers."""

from __future__ import annotations

import torch
from torch import Tensor

#: Numbers in a column: more make fewer columns to choose from, and more candidates inside the chosen ones.
DEPTH = 16


def top(x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of each row of x (rows, V), in falling order, and their places: (rows, count) twice; all V
    where there are fewer.

    It is `x.topk(count)`, which on a CPU looks at V numbers one after the other. Here they are first stood in columns
    of `DEPTH`, whose largest are found for many columns at once; the `count` largest numbers stand in the `count`
    columns with the largest such values, or in the few numbers that no column took.
    """
    columns = x.size(1) // DEPTH
    if x.device.type != "cpu" or columns <= 4 * count:
        values, places = x.topk(min(count, x.size(1)))
        return values, places
    grid = x[:, : columns * DEPTH].unflatten(1, (DEPTH, columns))
    chosen = grid.amax(1).topk(count).indices  # (rows, count)
    down = torch.arange(0, columns * DEPTH, columns, device=x.device)
    rest = torch.arange(columns * DEPTH, x.size(1), device=x.device).expand(len(x), -1)
    places = torch.cat([(chosen.unsqueeze(-1) + down).flatten(1), rest], dim=1)
    values, found = x.gather(1, places).topk(count)
    return values, places.gather(1, found)
