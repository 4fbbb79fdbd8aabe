def one_bias(attn_mask, key_padding_mask, dtype):
    if attn_mask.dtype == torch.bool:
        hidden = attn_mask | key_padding_mask.bool()[:, None]
        return torch.zeros(hidden.shape, dtype=dtype).masked_fill(hidden, -math.inf)
    return attn_mask.to(dtype) + torch.where(key_padding_mask.bool(), -math.inf, 0.0).to(dtype)[:, None]
