def places(heads, d_k, layout):
    """Where query, key and value of all heads stand: (3, heads, d_k)."""
    order = torch.arange(3 * heads * d_k)
    if layout == "blocks":
        return order.view(3, heads, d_k)
    return order.view(heads, 3, d_k).transpose(0, 1)


def unpack(packed, heads, layout):
    where = places(heads, packed.size(-1) // (3 * heads), layout)
    query, key, value = packed[..., where].movedim(1, 3).unbind(1)
    return query, key, value


def pack(query, key, value, layout):
    b, heads, length, d_k = query.shape
    packed = query.new_empty(b, length, 3 * heads * d_k)
    packed[..., places(heads, d_k, layout)] = torch.stack([query, key, value], dim=1).movedim(3, 1)
    return packed
