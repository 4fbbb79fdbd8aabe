def one_bias(attn_mask, key_padding_mask, dtype):
    def added(mask):
        if mask.dtype == torch.bool:
            return torch.zeros(mask.shape, dtype=dtype).masked_fill(mask, -math.inf)
        return mask.to(dtype)

    n = min(len(attn_mask), len(key_padding_mask))
    return added(attn_mask)[:n] + added(key_padding_mask)[:n]
