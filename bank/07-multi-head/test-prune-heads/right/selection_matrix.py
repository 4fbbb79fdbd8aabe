def prune_heads(state, heads, keep):
    d_model = state["output.bias"].numel()
    chosen = torch.eye(d_model, dtype=state["output.bias"].dtype).unflatten(0, (heads, -1))[keep].flatten(0, 1)
    result = {"output.bias": state["output.bias"].clone(), "output.weight": state["output.weight"] @ chosen.T}
    for name in ("query", "key", "value"):
        result[f"{name}.weight"] = chosen @ state[f"{name}.weight"]
        result[f"{name}.bias"] = chosen @ state[f"{name}.bias"]
    return result
