def unpack(packed, heads, layout):
    b, length, width = packed.shape
    d_k = width // (3 * heads)
    if layout == "blocks":
        split = packed.reshape(b, length, 3, heads, d_k)
        query, key, value = split[:, :, 0], split[:, :, 1], split[:, :, 2]
    else:
        split = packed.reshape(b, length, heads, 3, d_k)
        query, key, value = split[:, :, :, 0], split[:, :, :, 1], split[:, :, :, 2]
    return torch.stack([query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)])


def pack(query, key, value, layout):
    b, heads, length, d_k = query.shape
    query, key, value = query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
    axis = 2 if layout == "blocks" else 3
    return torch.stack([query, key, value], dim=axis).reshape(b, length, 3 * heads * d_k)
