import re


def our_names(state):
    ours = {}
    for name, tensor in state.items():
        name = re.sub(r"norm(\d)", lambda m: f"residuals.{int(m[1]) - 1}.norm", name)
        name = re.sub("linear1", "feed_forward.inner", name)
        name = re.sub("linear2", "feed_forward.outer", name)
        name = re.sub("self_attn", "self_attention", re.sub("multihead_attn", "cross_attention", name))
        found = re.fullmatch(r"(.*)in_proj_(weight|bias)", name)
        if found:
            d = tensor.shape[0] // 3
            for i, role in enumerate(["query", "key", "value"]):
                ours[f"{found[1]}{role}.{found[2]}"] = tensor[i * d : (i + 1) * d].clone()
        else:
            ours[name.replace("out_proj", "output")] = tensor.detach().clone()
    return ours
