def our_names(state):
    result = {}
    for name, tensor in state.items():
        name = name.replace("self_attn", "self_attention").replace("multihead_attn", "cross_attention")
        name = name.replace("out_proj", "output")
        name = name.replace("linear1", "feed_forward.inner").replace("linear2", "feed_forward.outer")
        for i in (1, 2, 3):
            name = name.replace(f".norm{i}.", f".residuals.{i - 1}.norm.")
        if "in_proj_" in name:
            v, k, q = tensor.chunk(3)
            result[name.replace("in_proj_", "query.")] = q
            result[name.replace("in_proj_", "key.")] = k
            result[name.replace("in_proj_", "value.")] = v
        else:
            result[name] = tensor
    return result
