def unpack(packed, heads, layout):
    axes = (3, heads) if layout == "blocks" else (heads, 3)
    split = packed.unflatten(-1, (*axes, -1))
    split = torch.einsum("blnhd->nbhld" if layout == "blocks" else "blhnd->nbhld", split)
    return tuple(split)


def pack(query, key, value, layout):
    together = torch.stack((query, key, value))
    target = "nbhld->blnhd" if layout == "blocks" else "nbhld->blhnd"
    return torch.einsum(target, together).flatten(start_dim=2)
