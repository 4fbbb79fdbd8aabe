def one_bias(attn_mask, key_padding_mask, dtype):
    return attn_mask.to(dtype) + key_padding_mask.to(dtype)[:, None]
