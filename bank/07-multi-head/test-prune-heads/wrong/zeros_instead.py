def prune_heads(state, heads, keep):
    d_model = state["output.bias"].numel()
    d_k = d_model // heads
    features = [i * d_k + c for i in keep for c in range(d_k)]
    off = [j for j in range(d_model) if j not in features]
    result = {name: tensor.clone() for name, tensor in state.items()}
    result["output.weight"][:, off] = 0.0
    return result
