def one_bias(attn_mask, key_padding_mask, dtype):
    def added(mask):
        if mask.dtype == torch.bool:
            return torch.zeros(mask.shape, dtype=dtype).masked_fill(mask, -math.inf)
        return mask.to(dtype)

    rows = added(key_padding_mask)
    if attn_mask.size(0) == attn_mask.size(1):
        return added(attn_mask) + rows[:, :, None]
    return added(attn_mask) + rows[:, None]
