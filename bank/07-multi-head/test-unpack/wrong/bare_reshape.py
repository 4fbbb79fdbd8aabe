def unpack(packed, heads, layout):
    b, length, width = packed.shape
    return tuple(part.reshape(b, heads, length, -1) for part in packed.chunk(3, dim=-1))


def pack(query, key, value, layout):
    b, heads, length, d_k = query.shape
    return torch.cat([part.reshape(b, length, heads * d_k) for part in (query, key, value)], dim=-1)
