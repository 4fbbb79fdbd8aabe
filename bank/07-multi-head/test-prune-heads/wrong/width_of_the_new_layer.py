def prune_heads(state, heads, keep):
    d_model = state["output.bias"].numel()
    d_k = d_model // len(keep)
    features = [i * d_k + c for i in keep for c in range(d_k) if i * d_k + c < d_model]
    result = {}
    for name in ("query", "key", "value"):
        result[f"{name}.weight"] = state[f"{name}.weight"][features].clone()
        result[f"{name}.bias"] = state[f"{name}.bias"][features].clone()
    result["output.weight"] = state["output.weight"][:, features].clone()
    result["output.bias"] = state["output.bias"].clone()
    return result
