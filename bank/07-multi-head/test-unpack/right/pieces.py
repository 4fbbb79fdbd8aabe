def unpack(packed, heads, layout):
    pieces = packed.chunk(3 * heads, dim=-1)  # each (B, L, d_k)
    parts = []
    for n in range(3):
        mine = [pieces[n * heads + i] if layout == "blocks" else pieces[3 * i + n] for i in range(heads)]
        parts.append(torch.stack(mine, dim=1))
    return tuple(parts)


def pack(query, key, value, layout):
    parts, heads = (query, key, value), query.size(1)
    if layout == "blocks":
        pieces = [part[:, i] for part in parts for i in range(heads)]
    else:
        pieces = [part[:, i] for i in range(heads) for part in parts]
    return torch.cat(pieces, dim=-1)
