def one_bias(attn_mask, key_padding_mask, dtype):
    hidden = attn_mask.bool() | key_padding_mask.bool()[:, None]
    return torch.zeros(hidden.shape, dtype=dtype).masked_fill(hidden, -math.inf)
