def our_names(state):
    ours = {}
    for side in ("encoder", "decoder"):
        i = 0
        while f"{side}.layers.{i}.norm1.weight" in state:
            p = f"{side}.layers.{i}."
            for kind in ("weight", "bias"):
                for a, b in (("self_attn", "self_attention"), ("multihead_attn", "cross_attention")):
                    if p + a + ".in_proj_" + kind not in state:
                        continue
                    stacked = state[p + a + ".in_proj_" + kind]
                    rows = stacked.view(3, -1, *stacked.shape[1:])
                    ours[p + b + ".query." + kind], ours[p + b + ".key." + kind], ours[p + b + ".value." + kind] = rows
                    ours[p + b + ".output." + kind] = state[p + a + ".out_proj." + kind]
                ours[p + "feed_forward.inner." + kind] = state[p + "linear1." + kind]
                ours[p + "feed_forward.outer." + kind] = state[p + "linear2." + kind]
                for n in range(3 if side == "decoder" else 2):
                    ours[p + f"residuals.{n}.norm.{kind}"] = state[p + f"norm{n + 1}.{kind}"]
            i += 1
        for kind in ("weight", "bias"):
            if f"{side}.norm.{kind}" in state:
                ours[f"{side}.norm.{kind}"] = state[f"{side}.norm.{kind}"]
    return ours
