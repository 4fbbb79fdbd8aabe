def prune_heads(state, heads, keep):
    width = state["query.weight"].shape[0] // heads
    smaller = {"output.bias": state["output.bias"].clone()}
    for name, tensor in state.items():
        if name == "output.bias":
            continue
        dim = 1 if name == "output.weight" else 0
        smaller[name] = torch.cat([tensor.narrow(dim, i * width, width) for i in keep], dim=dim)
    return smaller
