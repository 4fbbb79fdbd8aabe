def prune_heads(state, heads, keep):
    result = {}
    for name in ("query", "key", "value"):
        for kind in ("weight", "bias"):
            result[f"{name}.{kind}"] = state[f"{name}.{kind}"].unflatten(0, (heads, -1))[keep].flatten(0, 1)
    result["output.weight"] = state["output.weight"].unflatten(1, (heads, -1))[:, keep].flatten(1)
    result["output.bias"] = state["output.bias"]
    return result
