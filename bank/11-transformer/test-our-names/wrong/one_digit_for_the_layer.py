def our_names(state):
    result = {}
    words = {"self_attn": "self_attention", "multihead_attn": "cross_attention", "out_proj": "output"}
    words |= {"linear1": "feed_forward.inner", "linear2": "feed_forward.outer"}
    words |= {"norm1": "residuals.0.norm", "norm2": "residuals.1.norm", "norm3": "residuals.2.norm"}
    for name, tensor in state.items():
        start, rest = name[:16], name[16:].lstrip(".")
        if "layers" not in name:
            result[name] = tensor
            continue
        for a, b in words.items():
            rest = rest.replace(a, b)
        start = start.rstrip(".") + "."
        if "in_proj" in rest:
            for part, role in zip(tensor.chunk(3), ("query", "key", "value")):
                result[start + rest.replace("in_proj_", role + ".")] = part
        else:
            result[start + rest] = tensor
    return result
