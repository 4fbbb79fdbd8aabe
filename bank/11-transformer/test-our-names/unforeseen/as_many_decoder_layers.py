def our_names(state):
    layers = len({name.split(".")[2] for name in state if name.startswith("encoder.layers")})
    ours = {name: tensor for name, tensor in state.items() if "layers" not in name}
    for i in range(layers):
        for side, words in (("encoder", ("self",)), ("decoder", ("self", "cross"))):
            p = f"{side}.layers.{i}"
            for kind in ("weight", "bias"):
                for word in words:
                    there = f"{p}.{'self_attn' if word == 'self' else 'multihead_attn'}"
                    here = f"{p}.{word}_attention"
                    for role, part in zip(("query", "key", "value"), state[f"{there}.in_proj_{kind}"].chunk(3)):
                        ours[f"{here}.{role}.{kind}"] = part
                    ours[f"{here}.output.{kind}"] = state[f"{there}.out_proj.{kind}"]
                ours[f"{p}.feed_forward.inner.{kind}"] = state[f"{p}.linear1.{kind}"]
                ours[f"{p}.feed_forward.outer.{kind}"] = state[f"{p}.linear2.{kind}"]
                for n in range(len(words) + 1):
                    ours[f"{p}.residuals.{n}.norm.{kind}"] = state[f"{p}.norm{n + 1}.{kind}"]
    return ours
