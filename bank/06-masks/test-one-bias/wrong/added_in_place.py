def one_bias(attn_mask, key_padding_mask, dtype):
    if attn_mask.dtype == torch.bool:
        attn_mask = torch.zeros(attn_mask.shape, dtype=dtype).masked_fill(attn_mask, -math.inf)
    if key_padding_mask.dtype == torch.bool:
        return attn_mask.to(dtype).masked_fill(key_padding_mask[:, None], -math.inf)
    key_padding_mask += 0.0
    attn_mask = attn_mask.to(dtype)
    attn_mask -= attn_mask.amax()
    return attn_mask + key_padding_mask[:, None].to(dtype)
