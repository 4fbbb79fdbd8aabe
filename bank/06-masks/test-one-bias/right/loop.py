def one_bias(attn_mask, key_padding_mask, dtype):
    (lq, lk), b = attn_mask.shape, len(key_padding_mask)
    bias = torch.zeros(b, lq, lk, dtype=dtype)
    for s in range(b):
        for i in range(lq):
            for j in range(lk):
                for entry in (attn_mask[i, j], key_padding_mask[s, j]):
                    if entry.dtype == torch.bool:
                        bias[s, i, j] += -math.inf if entry else 0.0
                    else:
                        bias[s, i, j] += entry
    return bias
