def prune_heads(state, heads, keep):
    d_model = state["output.bias"].numel()
    d_k = d_model // heads
    features = [i * d_k + c for i in keep for c in range(d_k)]
    for name in ("query", "key", "value"):
        state[f"{name}.weight"] = state[f"{name}.weight"][features]
        state[f"{name}.bias"] = state[f"{name}.bias"][features]
    state["output.weight"] = state["output.weight"][:, features]
    return dict(state)
